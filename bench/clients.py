"""Request a URL again and again from several connections, and count the responses."""

import socket
import time
from collections.abc import Sequence
from threading import Thread
from typing import Final

CONNECTIONS: Final = 4


def requests_per_second(
    port: int, path: str, seconds: float, headers: Sequence[str] = (), status: int = 200
) -> float:
    """Return how many responses a server gives in a second.

    Each of the connections sends a request when it has the response to the one before. Raises
    AssertionError if a response has another status.
    """
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json", *headers]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    counts: list[int] = []
    until = time.perf_counter() + seconds
    threads = [
        Thread(target=_ask, args=(port, request, until, status, counts)) for _ in range(CONNECTIONS)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CONNECTIONS, f"{path} did not answer with {status}."
    return sum(counts) / (time.perf_counter() - begun)


def _ask(port: int, request: bytes, until: float, status: int, counts: list[int]) -> None:
    count = 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        file = connection.makefile("rb")
        while time.perf_counter() < until:
            connection.sendall(request)
            if int(file.readline().split()[1]) != status:
                return
            length = 0
            while (line := file.readline()) != b"\r\n":
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            file.read(length)
            count += 1
    counts.append(count)
