"""The server of `make api`: it starts with words, and stops with what it has begun done."""

import signal
import urllib.request
from pathlib import Path

from bench.catalogues import make_catalog
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
