"""The server of `make api`: it starts with words, and stops with what it has begun done."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from http.client import HTTPResponse
from pathlib import Path

import pytest

from bench.catalogues import make_catalog
from tests.conftest import API_KEY
from tests.crawls import ROOT, environment
from tests.webapi.server import serving

COUNT = 8_000


def test_a_stopped_service_ends_the_answers_that_it_has_begun(tmp_path: Path) -> None:
    path = tmp_path / "products.db"
    make_catalog(path, COUNT)
    with serving(f"sqlite:///{path}", tmp_path) as service:
        url = f"{service}/api/v1/products?format=csv"
        with urllib.request.urlopen(url, timeout=60) as table:
            begun = table.read(1000)
            service.process.send_signal(signal.SIGTERM)
            text = begun + table.read()
        assert service.process.wait(30) == 0
    assert text.count(b"\n") == COUNT + 1
    assert text.endswith(b"\n")


def test_the_service_says_where_it_listens(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path) as service:
        pass
    assert f"Listening at: {service}" in (tmp_path / "server.log").read_text()


END = b" HTTP/1.1\r\nHost: localhost\r\n"
LIST = b"GET /api/v1/products"
WRITING = (
    b"PATCH /api/v1/products/1" + END + b"X-API-Key: " + API_KEY.encode() + b"\r\n"
    b"Content-Type: application/json\r\n"
)


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
    database_url: str, tmp_path: Path, request_bytes: bytes, status: int
) -> None:
    with serving(database_url, tmp_path) as service:
        port = int(service.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            client.sendall(request_bytes + b"\r\n")
            answer = HTTPResponse(client)
            answer.begin()
            text = answer.read().decode()
    assert (answer.status, json.loads(text)["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    log = (tmp_path / "server.log").read_text()
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
        [sys.executable, "-m", "gunicorn", "--check-config", "webapi:create_service()"],
        cwd=tmp_path, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "cannot start" in line]
    assert words in line
    assert "Traceback" not in done.stderr
