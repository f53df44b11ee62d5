"""Pagination while crawls insert and update: what is guaranteed in the order of ids."""

import threading
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import create_product, edit_product
from db.database import database
from db.models import Product
from tests.databases import run_sql
from tests.webapi.catalogues import BEGIN, ordered, sightings, store
from webapi.sorting import PRODUCT_SORTS

URL = "/api/v1/products"
COUNT = 45


class Crawls:
    """Crawls during the pagination: they change products anywhere, and add some."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.days = 2
        self.products = COUNT

    def go_on(self) -> None:
        database.connect(reuse_if_open=True)
        self.days += 1
        self.products += 2
        seen = self.chance.sample(sightings(self.chance, self.products), 15)
        at = BEGIN + timedelta(days=self.days)
        record_sightings(start_crawl("category", at=at), seen, at=at)
        product = Product.get_by_id(self.chance.randrange(1, COUNT))
        assert edit_product(product, {"title": f"Edited on day {self.days}"})


@pytest.fixture
def there_throughout(client: FlaskClient) -> set[int]:
    database.connect(reuse_if_open=True)
    store(Random(2), COUNT)
    return set(range(1, COUNT + 1))


def follow(client: FlaskClient, page: dict[str, Any], way: str, crawls: Crawls) -> list[int]:
    """Return the ids on this page and all in one direction, while crawls write in between."""
    seen = [product["id"] for product in page["items"]]
    while page[way]:
        crawls.go_on()
        page = client.get(page[way]).get_json()
        assert "items" in page, page
        seen += [product["id"] for product in page["items"]]
        assert len(seen) <= crawls.products, "a product came again"
    return seen


@pytest.mark.parametrize("filters", ["", "&seen_since=2026-11-01"])
def test_in_the_order_of_ids_every_product_appears_exactly_once_whatever_is_written(
    client: FlaskClient, there_throughout: set[int], filters: str
) -> None:
    first = client.get(f"{URL}?limit=4{filters}").get_json()
    seen = follow(client, first, "next", Crawls(seed=1))
    assert seen == sorted(set(seen))
    assert there_throughout <= set(seen)


def test_backwards_every_product_appears_exactly_once_too(
    client: FlaskClient, there_throughout: set[int]
) -> None:
    page = client.get(f"{URL}?limit=4").get_json()
    while page["next"]:
        page = client.get(page["next"]).get_json()
    seen = follow(client, page, "prev", Crawls(seed=2))
    assert len(seen) == len(set(seen))
    assert there_throughout <= set(seen)


@pytest.mark.parametrize("sort", PRODUCT_SORTS)
def test_an_export_is_a_snapshot_in_any_order(
    client: FlaskClient,
    there_throughout: set[int],
    sort: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webapi.resources.csv_export.CHUNK", 0)
    before = client.get(f"{URL}?limit=100").get_json()["items"]
    response = client.get(f"{URL}?format=csv&sort={sort}", buffered=False)
    lines: list[str] = []
    for number, chunk in enumerate(response.iter_encoded()):
        lines += chunk.decode().splitlines()
        if number % 9 == 0:
            write_beside(number, client.application.config["DATABASE_URL"])
    ids = [int(line.partition(",")[0]) for line in lines[1:]]
    assert ids == [product["id"] for product in ordered(before, sort)]
    assert client.get(URL).get_json()["total"] > len(before)


def write_beside(number: int, url: str) -> None:
    """Change a product and add one, with a connection of its own."""

    def write() -> None:
        run_sql(
            url,
            "UPDATE product SET title = 'A', price_minor = 1, currency = 'AED', units_sold = 7,"
            " star_rating = 5, last_seen_at = '2027-01-01T00:00:00.000000Z' WHERE id = ?",
            COUNT - number,
        )
        run_sql(
            url,
            "INSERT INTO product (title, edited_fields, created_at, updated_at, version) "
            "VALUES ('Z', '[]', '2027', '2027', 1)",
        )

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


def test_an_export_that_is_given_up_holds_nothing(
    client: FlaskClient, there_throughout: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapi.resources.csv_export.CHUNK", 0)
    for method in ("GET", "HEAD"):
        response = client.open(f"{URL}?format=csv", method=method, buffered=False)
        next(response.iter_encoded(), None)
        response.close()
        assert not database.in_transaction()
        create_product({"title": "Added after it"})
        assert client.get(f"{URL}?q=added").get_json()["total"] > 0


def test_a_deleted_product_is_left_out_of_the_next_page(
    client: FlaskClient, there_throughout: set[int]
) -> None:
    page = client.get(f"{URL}?sort=title&limit=4").get_json()
    database.connect(reuse_if_open=True)
    Product.update(deleted_at=BEGIN).where(Product.id > 20).execute()
    seen = [product["id"] for product in page["items"]]
    while page["next"]:
        page = client.get(page["next"]).get_json()
        seen += [product["id"] for product in page["items"]]
    assert set(range(1, 21)) <= set(seen)
    assert len(seen) == len(set(seen)) <= 24


LONGEST_TITLE = "\U0001f45f" * 1000


@pytest.mark.parametrize("way", ["next", "prev"])
def test_no_link_is_too_long_for_the_server(client: FlaskClient, way: str) -> None:
    """Many proxies accept request lines of 8,190 bytes."""
    database.connect(reuse_if_open=True)
    for _ in range(3):
        create_product({"title": LONGEST_TITLE, "store_name": "x" * 1000})
    longest = {"sort": "title", "limit": 1, "store_name": "x" * 1000}
    page = client.get(URL, query_string=longest).get_json()
    page = client.get(page["next"]).get_json()
    assert len(page[way]) < 8000
    assert client.get(page[way]).status_code == 200


@pytest.mark.parametrize("name", ["q", "category", "store_name"])
def test_parameters_that_make_links_too_long_are_a_414(client: FlaskClient, name: str) -> None:
    response = client.get(URL, query_string={name: "ü" * 400})
    assert (response.status_code, response.content_type) == (414, "application/problem+json")
    assert client.get(URL, query_string={name: "ü" * 300}).status_code == 200
