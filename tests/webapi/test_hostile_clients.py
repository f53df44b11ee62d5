"""Clients that hold their connections: others are served meanwhile."""

import os
import socket
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from bench.catalogues import make_catalog
from tests.conftest import API_KEY
from tests.processes import children
from tests.webapi.server import Service, serving

pytestmark = [
    pytest.mark.long,  # each client holds its connections for ten seconds
    pytest.mark.sqlite,  # connections of the server, whatever the database is
]

CLIENTS = 64
SECONDS = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 2
"""How long they hold on."""
PRODUCTS = 4_000
"""Their CSV is larger than the buffers of a connection."""

HALF = b"GET /api/v1/products HTTP/1.1\r\nHost: localhost\r\n"
SLOW_CSV = b"GET /api/v1/products?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n"
UNFINISHED_BODY = (
    b"PATCH /api/v1/products/1 HTTP/1.1\r\nHost: localhost\r\n"
    b"X-API-Key: " + API_KEY.encode() + b"\r\n"
    b'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"title": "'
)
UNFINISHED_FORM = (
    b"POST /products/1 HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ntitle="
)
SLOW_FILE = b"GET /swaggerui/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("hostile")
    make_catalog(folder / "products.db", PRODUCTS)
    with serving(f"sqlite:///{folder}/products.db", folder) as service:
        yield service


def hold(service: Service, clients: ExitStack, request: bytes) -> None:
    """Send a request on each of many connections, and read nothing."""
    for _ in range(CLIENTS):
        client = clients.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", int(service.rpartition(":")[2])))
        client.sendall(request)


def assert_is_served(service: Service) -> None:
    """Check that health and reading respond, as long as the others hold on.

    It takes milliseconds, or more than a minute if the others had all threads.
    """
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        for path in ("/health/live", "/api/v1/products/1"):
            with urllib.request.urlopen(f"{service}{path}", timeout=10) as response:
                assert response.status == 200
        time.sleep(0.1)


ALL: Final = {
    "half a request": HALF,
    "slow readers of a CSV": SLOW_CSV,
    "unfinished bodies": UNFINISHED_BODY,
    "unfinished forms without a key": UNFINISHED_FORM,
    "slow readers of a file": SLOW_FILE,
}


@pytest.mark.parametrize(
    "requests",
    [
        *(pytest.param([one], id=name) for name, one in ALL.items()),
        pytest.param([*ALL.values()], id="all of them at once"),
    ],
)
def test_others_are_served_beside_clients_that_hold_their_connections(
    service: Service, requests: list[bytes]
) -> None:
    with ExitStack() as clients:
        for request in requests:
            hold(service, clients, request)
        time.sleep(0.5)
        assert_is_served(service)


def test_a_worker_needs_less_than_150_megabytes(service: Service) -> None:
    with ExitStack() as clients, ThreadPoolExecutor(CLIENTS) as readers:
        for request in ALL.values():
            hold(service, clients, request)
        list(readers.map(read, [f"{service}/api/v1/products?limit=100&sort=title"] * 4 * CLIENTS))
        workers = children(service.process.pid)
        assert len(workers) == 2
        assert max(map(resident_bytes, workers)) < 150_000_000


def read(url: str) -> int:
    with urllib.request.urlopen(url, timeout=60) as response:
        return len(response.read())


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
