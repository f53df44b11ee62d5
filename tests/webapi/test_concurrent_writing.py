"""The service beside crawls and other writers on one database, in processes of their own."""

import gc
import itertools
import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, open_database, open_for_service
from db.money import Money
from tests.conftest import API_KEY
from tests.databases import assert_intact, run_sql
from tests.webapi.catalogues import BEGIN
from tests.webapi.server import serving
from tests.webapi.writers import PRODUCTS, ask, count_up, crawl, sighting, write_stores
from webapi import create_app

KILLS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 3


@pytest.mark.long
def test_all_edits_of_a_person_survive_crawls_and_another_writer(
    database_url: str, tmp_path: Path
) -> None:
    open_database(database_url)
    first = start_crawl("first")
    record_sightings(first, [sighting(n, 500) for n in range(1, PRODUCTS + 1)], at=BEGIN)
    close_database()
    with (
        serving(database_url, tmp_path) as service,
        multiprocessing.get_context("spawn").Pool(4) as pool,
    ):
        url = f"{service}/api/v1/products"
        crawls = [pool.apply_async(crawl, (database_url, which)) for which in range(3)]
        writer = pool.apply_async(write_stores, (url,))
        for product in range(1, PRODUCTS + 1):
            answer = ask(f"{url}/{product}", "PATCH", {"title": f"Mine {product}"})
            assert answer["title"] == f"Mine {product}"
        seen = [pair for one in crawls for pair in one.get(120)]
        assert writer.get(120) == PRODUCTS
        for product in range(1, PRODUCTS + 1):
            now = ask(f"{url}/{product}")
            assert (now["title"], now["store_name"]) == (f"Mine {product}", f"Theirs {product}")
            assert now["edited_fields"] == ["store_name", "title"]
            history = ask(f"{url}/{product}/history?limit=100")["items"]
            told = {entry["price"] for entry in history}
            assert {str(Money(price, "USD").amount) for n, price in seen if n == product} <= told
    assert "locked" not in (tmp_path / "server.log").read_text()


def test_one_of_two_who_write_what_they_saw_is_told(database_url: str, tmp_path: Path) -> None:
    """Eight count one number up, each from what it fetched; none of the steps is lost."""
    with serving(database_url, tmp_path) as service:
        url = f"{service}/api/v1/products"
        ask(url, "POST", {"title": "Shoe", "units_sold": 0})
        with multiprocessing.get_context("spawn").Pool(4) as pool:
            pool.starmap(count_up, [(f"{url}/1", 5)] * 8, chunksize=1)
        assert ask(f"{url}/1")["units_sold"] == 40


@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_service_loses_no_write_that_it_acknowledged(
    database_url: str, tmp_path: Path, kill: int
) -> None:
    acknowledged: list[str] = []
    enough = threading.Event()

    def write(url: str, writer: int) -> None:
        for number in itertools.count():
            title = f"Shoe {writer} {number}"
            try:
                ask(url, "POST", {"title": title})
            except OSError:
                return  # the service has been killed
            acknowledged.append(title)
            if len(acknowledged) > 20 + 7 * kill:
                enough.set()

    with serving(database_url, tmp_path) as service, ThreadPoolExecutor(3) as writers:
        for writer in range(3):
            writers.submit(write, f"{service}/api/v1/products", writer)
        assert enough.wait(60)
        service.kill()
    assert_intact(database_url)
    stored = {title for (title,) in run_sql(database_url, "SELECT title FROM product")}
    assert set(acknowledged) <= stored


READING = [
    "/api/v1/products", "/api/v1/products?sort=-units_sold&limit=3",
    "/api/v1/products?sort=units_sold&limit=20", "/api/v1/products?q=title",
    "/api/v1/products?currency=USD&min_price=1", "/api/v1/products?format=csv",
    "/api/v1/products?format=csv&limit=3", "/api/v1/products?price_dropped_since=2026-11-01",
    "/api/v1/products/1", "/api/v1/products/1/history", "/api/v1/products/1/history?format=csv",
    "/api/v1/crawls", "/api/v1/crawls/1", "/feeds/price-drops.atom", "/health/ready", "/",
    "/?sort=-price", "/products/1", "/crawls",
]  # fmt: skip


@pytest.mark.parametrize("path", READING)
def test_a_connection_that_has_read_can_write_what_others_have_written(
    database_url: str, path: str
) -> None:
    """With an open cursor it could not: SQLite says at once that the database is locked."""
    client = create_app({"DATABASE_URL": database_url}).test_client()
    open_for_service(database_url)
    for price in (500, 400, 300):
        seen = [replace(sighting(n, price), units_sold=n if n < 10 else None) for n in range(1, 40)]
        record_sightings(start_crawl("first"), seen, at=BEGIN - timedelta(days=price))
    close_database()
    gc.disable()  # it might close a cursor by chance
    try:
        assert client.get(path).status_code == 200
        run_sql(database_url, "UPDATE product SET store_name = 'Theirs'")
        headers = {"X-API-Key": API_KEY}
        written = client.patch("/api/v1/products/2", json={"title": "Mine"}, headers=headers)
    finally:
        gc.enable()
    assert written.status_code == 200
    product = written.get_json()
    assert (product["title"], product["store_name"]) == ("Mine", "Theirs")
