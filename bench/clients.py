"""Put load on a server: request a URL again and again, and count the responses."""

import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from threading import Thread
from typing import Final, NamedTuple

from bench.processes import Server
from bench.rounds import print_table, ratio

CONNECTIONS: Final = 4
NO_HEADERS: Final[Mapping[str, str]] = {}


class Load(NamedTuple):
    """What a server needed to answer the same request again and again."""

    cpu_ms: float
    """CPU milliseconds of all its processes for each response."""
    per_second: float


Loads = Mapping[str, Sequence[Load]]
"""The loads of each program, one for each round."""


def _responses(
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


def put_load(server: Server, path: str, seconds: float, tag: str | None = None) -> Load:
    """Put load on a server. With an entity tag, its responses must be 304."""
    headers, status = ({}, 200) if tag is None else ({"If-None-Match": tag}, 304)
    begun = server.cpu_seconds()
    per_second, count = _responses(server.port, path, seconds, headers, status)
    return Load((server.cpu_seconds() - begun) / count * 1000, per_second)


def load_ratio(loads: Loads, one: str, other: str) -> float:
    """Return the CPU time of one program over that of another."""
    return ratio([load.cpu_ms for load in loads[one]], [load.cpu_ms for load in loads[other]])


def print_loads(title: str, loads: Loads) -> None:
    """Print the CPU time of a response, and the responses per second, of each program."""
    for unit, position in (("CPU milliseconds a response", 0), ("responses per second", 1)):
        figures = {name: [load[position] for load in many] for name, many in loads.items()}
        print_table(title, unit, figures)
