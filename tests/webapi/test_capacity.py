"""Requests that take long have a limit each, so that health checks and reading go on."""

import json
import os
import signal
import socket
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPResponse
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bench.catalogues import make_catalog
from tests.conftest import API_KEY
from tests.processes import children
from tests.webapi.server import Service, serving
from webapi.capacity import FORMS, WRITES, Limit

pytestmark = pytest.mark.sqlite  # slots and slow clients, whatever the database is

WRITERS = 24
READERS = 4
"""Several at a time, as a service has: granian starts threads only when requests come, and after it
has started one too few, a request waits until the next one comes."""
PRODUCTS = 4_000
"""Their CSV is larger than the buffers of a connection."""
LIST = "/api/v1/products?format=csv"
HISTORY = "/api/v1/products/1/history?format=csv"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("capacity") / "products.db"
    make_catalog(path, PRODUCTS)
    return path


@pytest.fixture
def service(database: Path, tmp_path: Path) -> Iterator[Service]:
    with serving(f"sqlite:///{database}", tmp_path) as service:
        yield service


def patch(service: Service, number: int) -> int:
    request = urllib.request.Request(
        f"{service}/api/v1/products/{number}",
        method="PATCH",
        data=json.dumps({"store_name": f"Store {number}"}).encode(),
        headers={"X-API-Key": API_KEY, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return int(response.status)


def status_of(address: str) -> int:
    """Return the status of a GET request, or fail and say which request had no response."""
    try:
        with urllib.request.urlopen(address, timeout=10) as response:
            return int(response.status)
    except TimeoutError as error:
        raise AssertionError(f"No response within 10 s: {address}") from error


def test_health_and_reading_go_on_beside_writers_that_wait_for_a_lock(
    service: Service, database: Path
) -> None:
    reads = [f"{service}/health/live", f"{service}/api/v1/products/1"] * 20
    with (
        ThreadPoolExecutor(WRITERS) as writers,
        ThreadPoolExecutor(READERS) as readers,
        closing(sqlite3.connect(database, isolation_level=None)) as foreign,
    ):
        foreign.execute("BEGIN IMMEDIATE")
        waiting = [writers.submit(patch, service, number) for number in range(1, WRITERS + 1)]
        time.sleep(1)
        assert set(readers.map(status_of, reads)) == {200}
        assert not any(writer.done() for writer in waiting)
        foreign.execute("ROLLBACK")
        assert {writer.result() for writer in waiting} == {200}


def start_export(service: Service, clients: ExitStack, path: str = LIST) -> HTTPResponse:
    """Request a table on a connection of its own, and read no more than the head."""
    client = clients.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", int(service.rpartition(":")[2])))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    response = HTTPResponse(client)
    clients.callback(response.close)
    response.begin()
    return response


def test_four_tables_are_exported_at_a_time(service: Service) -> None:
    with ExitStack() as clients:
        answers = [start_export(service, clients) for _ in range(10)]
        assert [answer.status for answer in answers] == [200] * 4 + [503] * 6
        refused = answers[-1]
        assert refused.headers["Retry-After"] == "5"
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert "Too many CSV exports" in json.load(refused)["detail"]
        assert start_export(service, clients, HISTORY).status == 503
        assert start_export(service, clients, "/api/v1/products").status == 200
    wait_until_four_can_be_exported(service)


def test_a_killed_worker_gives_its_exports_back(service: Service) -> None:
    with ExitStack() as clients:
        for _ in range(4):
            assert start_export(service, clients).status == 200
        assert start_export(service, clients).status == 503
        os.kill(children(service.process.pid)[0], signal.SIGKILL)
        os.kill(children(service.process.pid)[0], signal.SIGKILL)
    wait_until_four_can_be_exported(service)


def wait_until_four_can_be_exported(service: Service) -> None:
    """Wait until the service has noticed that the clients before are gone."""
    until = time.monotonic() + 30
    while True:
        with ExitStack() as clients:
            try:
                answers = [start_export(service, clients).status for _ in range(10)]
            except OSError:  # no worker listens yet
                answers = []
        if answers.count(200) == 4:
            return
        assert time.monotonic() < until
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [(WRITES, "PATCH", "/api/v1/products/1"), (FORMS, "POST", "/products/1")],
    ids=["writes", "forms"],
)
def test_a_write_for_which_there_is_no_slot_is_refused_at_once(
    client: FlaskClient, limit: Limit, method: str, path: str
) -> None:
    def status_and_pause() -> tuple[int, str | None]:
        form = {"title": "Shoe"}
        response = client.open(path, method=method, data=form, headers={"X-API-Key": API_KEY})
        return response.status_code, response.headers.get("Retry-After")

    with ExitStack() as taken:
        for _ in range(limit.maximum):
            taken.enter_context(limit.slot())
        assert status_and_pause() == (503, "5")
        assert client.get("/api/v1/products").status_code == 200
    assert status_and_pause()[0] in {401, 404, 415}


def test_the_specification_has_the_refusal(client: FlaskClient) -> None:
    paths = client.get("/api/v1/swagger.json").get_json()["paths"]
    refusal = paths["/products"]["get"]["responses"]["503"]
    assert "too many" in refusal["description"]
    assert refusal["headers"]["Retry-After"]["type"] == "integer"
