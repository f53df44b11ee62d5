"""A database that fails is a 503 that names the cause in words, wherever the failure is met."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient

from db.database import close_database, open_database
from db.engines import sqlite_connection
from db.errors import StorageError
from tests.conftest import API_KEY
from tests.damage import damage
from tests.webapi.html.catalog import crawl, shoe
from webapi import create_app

PRODUCTS = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}
SENT = {"title": "x" * 1000, "store_name": "x" * 1000, "category": "x" * 1000}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database whose tables have several pages each."""
    path = tmp_path_factory.mktemp("catalog") / "aliscrape.db"
    open_database(f"sqlite:///{path}")
    for day in range(30, 0, -1):
        crawl(
            day, *(shoe(number, 5000 + 10 * day + number) for number in range(1, 61, 1 + day // 4))
        )
    close_database()
    return path


@pytest.fixture
def damaged(catalog: Path, tmp_path: Path) -> Callable[[str], FlaskClient]:
    """Return a function that returns a client of a service whose table has a damaged page."""

    def damaged_table(table: str) -> FlaskClient:
        path = Path(shutil.copy(catalog, tmp_path / "aliscrape.db"))
        app = create_app({"DATABASE_URL": f"sqlite:///{path}", "ALISCRAPE_API_KEY": API_KEY})
        damage(path, table)
        return app.test_client()

    return damaged_table


@pytest.mark.parametrize(
    ("table", "url"),
    [
        ("product", f"{PRODUCTS}?limit=100"),
        ("product", f"{PRODUCTS}?sort=price&limit=100"),
        ("product", f"{PRODUCTS}?q=canvas"),
        ("product", f"{PRODUCTS}/60"),
        ("product", f"{PRODUCTS}/60/history"),
        ("product", "/feeds/price-drops.atom"),
        ("product", "/?limit=100"),
        ("product", "/products/60"),
        ("observation", f"{PRODUCTS}/60/history"),
        ("observation", f"{PRODUCTS}?price_dropped_since=2026-01-01"),
        ("observation", "/products/60"),
        ("crawl", "/api/v1/crawls"),
        ("crawl", "/api/v1/crawls/30"),
        ("crawl", "/crawls"),
        ("crawl", "/health/ready"),
    ],
)
def test_rows_that_cannot_be_read_are_a_503(
    damaged: Callable[[str], FlaskClient], table: str, url: str
) -> None:
    response = damaged(table).get(url)
    assert response.status_code == 503
    assert "the file is damaged" in response.get_data(as_text=True)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_product_that_cannot_be_read_is_not_written(
    damaged: Callable[[str], FlaskClient], method: str
) -> None:
    body = None if method == "DELETE" else {"title": "X"}
    response = damaged("product").open(f"{PRODUCTS}/60", method=method, json=body, headers=KEY)
    assert (response.status_code, response.content_type) == (503, "application/problem+json")


def test_a_table_that_fails_while_it_is_sent_is_broken_off(
    damaged: Callable[[str], FlaskClient],
) -> None:
    """The status is sent already. An exception makes the server close the connection."""
    with pytest.raises(StorageError, match="Could not read products: the file is damaged"):
        damaged("product").get(f"{PRODUCTS}?format=csv")


FAILURES = [
    pytest.param(("max_page_count", 60), "the disk is full", id="a full disk"),
    pytest.param(("query_only", 1), "the file is read-only", id="a file that cannot be written"),
]


@pytest.mark.sqlite  # its settings make the failures
@pytest.mark.parametrize(("pragma", "words"), FAILURES)
def test_a_write_that_fails_names_the_cause_and_changes_nothing(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    pragma: tuple[str, int],
    words: str,
) -> None:
    create_app({"DATABASE_URL": database_url})  # which makes the tables
    monkeypatch.setitem(sqlite_connection.PRAGMAS, *pragma)
    client = create_app({"DATABASE_URL": database_url}).test_client()
    made = 0
    while (response := client.post(PRODUCTS, json=SENT, headers=KEY)).status_code == 201:
        made += 1
        assert made < 200
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert words in response.get_json()["detail"]
    assert client.get(PRODUCTS).get_json()["total"] == made
    (first, *_) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert words in first.getMessage()
    assert "rollback" not in first.getMessage()
    assert "read now" not in response.get_json()["detail"]


@pytest.mark.long
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_write_that_waits_too_long_for_another_names_it(
    client: FlaskClient, database_url: str
) -> None:
    """It is answered within five seconds, and reading goes on."""
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE product IN SHARE ROW EXCLUSIVE MODE")
        begun = time.monotonic()
        response = client.post(PRODUCTS, json={"title": "Shoe"}, headers=KEY)
        assert time.monotonic() - begun < 5
        assert client.get(PRODUCTS).get_json()["total"] == 0
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert "another writer holds the row or the table; try again" in response.get_json()["detail"]
    assert client.post(PRODUCTS, json={"title": "Shoe"}, headers=KEY).status_code == 201
