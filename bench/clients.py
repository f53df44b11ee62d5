"""Request a URL again and again from several connections, and count the responses."""

import time
from collections.abc import Mapping
from http.client import HTTPConnection
from threading import Thread
from typing import Final

CONNECTIONS: Final = 4
NO_HEADERS: Final[Mapping[str, str]] = {}


def responses(
    port: int,
    path: str,
    seconds: float,
    headers: Mapping[str, str] = NO_HEADERS,
    status: int = 200,
) -> tuple[float, int]:
    """Return how many responses a server gives in a second, and how many it gave.

    Each of the connections sends a request when it has the response to the one before. Raises
    AssertionError if a response has another status.
    """
    counts: list[int] = []
    begun = time.perf_counter()

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < begun + seconds:
            connection.request("GET", path, headers=headers)  # opens a closed connection again
            response = connection.getresponse()
            response.read()
            if response.status != status:
                return
            count += 1
        connection.close()
        counts.append(count)

    threads = [Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CONNECTIONS, f"{path} did not answer with {status}."
    return sum(counts) / (time.perf_counter() - begun), sum(counts)
