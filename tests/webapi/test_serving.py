"""The server of `make api`: it starts with words, and stops with what it has begun done."""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import unquote

import pytest

from bench.catalogues import make_catalog
from db.curation import create_product
from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT, environment
from tests.loopback import free_port
from tests.processes import children
from tests.webapi.server import Service, serving

pytestmark = pytest.mark.sqlite  # the server process, whatever the database is

COUNT = 8_000
END = b" HTTP/1.1\r\nHost: localhost\r\n"
LIST = b"GET /api/v1/products"
WRITING = (
    b"PATCH /api/v1/products/1" + END + b"X-API-Key: " + API_KEY.encode() + b"\r\n"
    b"Content-Type: application/json\r\n"
)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "products.db"
    make_catalog(path, COUNT)
    return path


def test_a_stopped_service_ends_the_answers_that_it_has_begun(
    catalog: Path, tmp_path: Path
) -> None:
    path = shutil.copy(catalog, tmp_path)
    with serving(f"sqlite:///{path}", tmp_path) as service:
        url = f"{service}/api/v1/products?format=csv"
        with urllib.request.urlopen(url, timeout=60) as table:
            begun = table.read(1000)
            service.process.send_signal(signal.SIGTERM)
            text = begun + table.read()
        assert service.process.wait(30) == 0
    assert text.count(b"\n") == COUNT + 1
    assert text.endswith(b"\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_service_leaves_one_whole_file(
    database_url: str, tmp_path: Path, number: signal.Signals
) -> None:
    path = Path(database_url.removeprefix("sqlite:///"))
    with serving(database_url, tmp_path) as service:
        for title in ("First", "Second"):
            answer = send(
                service,
                WRITING.replace(b"PATCH /api/v1/products/1", b"POST /api/v1/products")
                + f'Content-Length: {len(title) + 13}\r\n\r\n{{"title": "{title}"}}'.encode(),
            )
            assert answer.status == 201
        service.process.send_signal(number)
        assert service.process.wait(30) == 0
    assert [file.name for file in tmp_path.glob(f"{path.name}*")] == [path.name]
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        titles = connection.execute("SELECT title FROM product ORDER BY id").fetchall()
    assert titles == [("First",), ("Second",)]


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"", id="a connection without a request", marks=pytest.mark.long),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="a page in a browser"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost\r\n", id="half a request", marks=pytest.mark.long
        ),
        pytest.param(
            b"GET /api/v1/products?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n",
            id="a CSV that nobody reads",
            marks=pytest.mark.long,
        ),
    ],
)
def test_ctrl_c_ends_the_service_within_two_seconds(
    catalog: Path, tmp_path: Path, request_bytes: bytes
) -> None:
    path = shutil.copy(catalog, tmp_path)
    with (
        serving(f"sqlite:///{path}", tmp_path) as service,
        socket.socket() as client,
    ):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", int(service.rpartition(":")[2])))
        client.sendall(request_bytes)
        urllib.request.urlopen(f"{service}/api/v1/products/1", timeout=30).close()
        os.killpg(service.process.pid, signal.SIGINT)  # as a terminal does
        begun = time.monotonic()
        assert service.process.wait(30) == 0
    assert time.monotonic() - begun < 2
    log = (tmp_path / "server.log").read_text()
    for alarm in ("Perhaps out of memory", "Unexpected exit", "Traceback"):
        assert alarm not in log


def test_the_workers_end_when_the_main_process_is_killed(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path) as service:
        workers = children(service.process.pid)
        service.process.kill()
        service.process.wait(30)
        until = time.monotonic() + 30
        while any(Path(f"/proc/{worker}").exists() for worker in workers):
            assert time.monotonic() < until
            time.sleep(0.1)


def test_another_worker_takes_the_place_of_one_that_was_killed(
    database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path) as service:
        for worker in children(service.process.pid):
            os.kill(worker, signal.SIGKILL)
            wait_until_served(service)
        assert service.process.poll() is None
    # The last worker may have been told to stop while it started.
    assert "refused to gracefully stop" not in service.log.read_text()


STOPPED_WHILE_IT_STARTS = """
import os, signal, sys
from pathlib import Path
import granian._signals
from webapi import serve

set_signals, once = granian._signals.set_sync_signals, Path(os.environ["ONCE"])

def set_signals_and_stop():
    event = set_signals()
    if not once.exists():
        once.touch()
        for _ in range(2):  # by whoever stops the group, and by the main process
            os.kill(os.getpid(), signal.SIGTERM)
    return event

granian._signals.set_sync_signals = set_signals_and_stop
serve.main(sys.argv[1:])
"""
"""The service, with a worker that is told to stop when granian has set its handler of signals."""


def test_a_worker_that_is_stopped_while_it_starts_ends_at_once(
    database_url: str, tmp_path: Path
) -> None:
    once = tmp_path / "once"
    program = ("-c", STOPPED_WHILE_IT_STARTS)
    with serving(database_url, tmp_path, program=program, ONCE=str(once)) as service:
        logged(service, 0, "Unexpected exit from worker")
    assert "refused to gracefully stop" not in service.log.read_text()


def wait_until_served(service: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{service}/health/live", timeout=5).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return


def test_the_service_says_where_it_listens(service: Service) -> None:
    assert f"Listening at: {service}" in service.log.read_text()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(LIST + b"?q=" + b"%C3%BC" * 900 + END, 414, id="parameters too long"),
        pytest.param(
            WRITING + b"Transfer-Encoding: chunked\r\n\r\nsecret\r\n", 400, id="broken chunks"
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_a_problem(
    service: Service, request_bytes: bytes, status: int
) -> None:
    begun = service.log.stat().st_size
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as client:
        client.sendall(request_bytes + b"\r\n")
        answer = HTTPResponse(client)
        answer.begin()
        text = answer.read().decode()
    assert (answer.status, json.loads(text)["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    log = logged(service, begun, f" {status} ")
    for internal in ("secret", "Traceback"):
        assert internal not in text + log


@pytest.mark.parametrize(
    ("unusable", "words"),
    [
        ("data/aliscrape.db", "Could not open the database data/aliscrape.db"),
        ("data/api-key", "cannot use data/api-key (Is a directory)"),
    ],
)
def test_a_service_that_cannot_start_says_why_in_one_line(
    unusable: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / unusable).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "webapi.serve", "127.0.0.1", str(free_port())],
        cwd=tmp_path, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "cannot start" in line]
    assert words in line
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "address", ["/%0a%1b[31mforged", "/%9b31m", "/api/v1/products/1%0D%0Aforged"]
)
def test_the_access_log_escapes_what_a_terminal_would_obey(service: Service, address: str) -> None:
    begun = service.log.stat().st_size
    send(service, f"GET {address}?key=secret HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    log = logged(service, begun, " 404 ")
    (line,) = [line for line in log.splitlines() if " 404 " in line]
    path = re.search(r'"GET (\S+)" 404 \d+ ms$', line)
    assert path
    assert unquote(path[1], "latin-1") == unquote(address, "latin-1")
    assert "secret" not in log
    assert all(character.isprintable() for line in log.splitlines() for character in line)


def logged(service: Service, begun: int, words: str) -> str:
    """Return what stands in the log behind its first bytes, as soon as the words are there.

    A request is logged after its response has been sent.
    """
    until = time.monotonic() + 30
    while words not in (log := service.log.read_bytes()[begun:].decode()):
        assert time.monotonic() < until, log
        time.sleep(0.05)
    return log


def send(service: str, request: bytes) -> HTTPResponse:
    """Send these bytes and return the response, read."""
    with socket.create_connection(("127.0.0.1", int(service.rpartition(":")[2])), 30) as client:
        client.sendall(request)
        answer = HTTPResponse(client)
        answer.begin()
        answer.read()
    return answer


WHOLE_FORM = f"title=Cut&shown_title=Shoe&api_key={API_KEY}".replace(" ", "+").encode()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        pytest.param(WRITING, b'{"title": "Cut"}', id="JSON"),
        pytest.param(
            b"POST /products/1" + END + b"Content-Type: application/x-www-form-urlencoded\r\n",
            WHOLE_FORM,
            id="the form",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_body_that_is_cut_short_writes_nothing(
    database_url: str, tmp_path: Path, head: bytes, body: bytes
) -> None:
    """What has arrived would be a change, but the rest of the body may have said otherwise."""
    open_database(database_url)
    create_product({"title": "Shoe"})
    close_database()
    with serving(database_url, tmp_path) as service:
        client = socket.create_connection(("127.0.0.1", int(service.rpartition(":")[2])), 30)
        with client:
            client.sendall(head + b"Content-Length: 1000\r\n\r\n" + body)
            time.sleep(0.2)
        until = time.monotonic() + 30
        while "/products/1" not in (tmp_path / "server.log").read_text():
            assert time.monotonic() < until
            time.sleep(0.1)
        with urllib.request.urlopen(f"{service}/api/v1/products/1", timeout=30) as response:
            assert json.load(response)["title"] == "Shoe"


def test_a_key_that_a_header_cannot_carry_is_named_at_the_start(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "webapi.serve", "127.0.0.1", str(free_port())],
        cwd=ROOT, env=environment(ALISCRAPE_API_KEY="ключ", DATABASE_URL=database_url),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Keys in ALISCRAPE_API_KEY must be ASCII" in done.stderr.splitlines()[-1]


def test_a_form_of_unknown_length_is_refused(service: Service) -> None:
    """The server cannot tell whether a chunked body was cut short."""
    head = b"POST /products/1" + END + b"Content-Type: application/x-www-form-urlencoded\r\n"
    answer = send(service, head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert answer.status == 411


@pytest.mark.long
def test_a_client_that_does_not_finish_a_request_is_disconnected_after_30_seconds(
    database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path) as service:
        port = int(service.rpartition(":")[2])
        for request in (b"", LIST + END):
            with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
                begun = time.monotonic()
                client.sendall(request)
                with suppress(ConnectionResetError):
                    client.recv(1000)
                assert time.monotonic() - begun == pytest.approx(30, abs=5)
