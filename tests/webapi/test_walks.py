"""Walks through all pages while crawls insert and update: every product exactly once."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import edit_product
from db.database import database
from db.models import FormerPlace, Product
from tests.webapi.catalogues import BEGIN, sightings, store
from webapi.criteria import ORDERS

URL = "/api/v1/products"
OFTEN = ["", "price", "-last_seen_at", "-star_rating", "title"]
SORTS = [
    sort if sort in OFTEN else pytest.param(sort, marks=pytest.mark.long)
    for sort in ["", *ORDERS, *(f"-{name}" for name in ORDERS)]
]
COUNT = 45


class Crawls:
    """Crawls that go on beside a walk: they change products anywhere, and add some."""

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
        edit_product(self.chance.randrange(1, COUNT), {"title": f"Edited on day {self.days}"})


@pytest.fixture
def there_throughout(client: FlaskClient) -> set[int]:
    database.connect(reuse_if_open=True)
    store(Random(2), COUNT)
    return set(range(1, COUNT + 1))


def follow(client: FlaskClient, page: dict[str, Any], way: str, crawls: Crawls) -> list[int]:
    """The ids on this page and all that lie this way, while crawls go on between the pages."""
    seen = [product["id"] for product in page["items"]]
    while page[way]:
        crawls.go_on()
        page = client.get(page[way]).get_json()
        assert "items" in page, page
        seen += [product["id"] for product in page["items"]]
        assert len(seen) <= crawls.products, "a product came again"
    return seen


@pytest.mark.parametrize("sort", SORTS)
def test_every_product_comes_exactly_once_whatever_is_written_meanwhile(
    client: FlaskClient, there_throughout: set[int], sort: str
) -> None:
    crawls = Crawls(seed=len(sort))
    question = {"limit": 4} | ({"sort": sort} if sort else {})
    seen = follow(client, client.get(URL, query_string=question).get_json(), "next", crawls)
    assert len(seen) == len(set(seen))
    assert there_throughout <= set(seen)


@pytest.mark.parametrize("sort", SORTS)
def test_the_way_back_shows_each_product_once_too(
    client: FlaskClient, there_throughout: set[int], sort: str
) -> None:
    crawls = Crawls(seed=len(sort) + 1)
    question = {"limit": 4} | ({"sort": sort} if sort else {})
    page = client.get(URL, query_string=question).get_json()
    while page["next"]:
        page = client.get(page["next"]).get_json()
    seen = follow(client, page, "prev", crawls)
    assert len(seen) == len(set(seen))
    assert there_throughout <= set(seen)


@pytest.mark.parametrize("sort", ["-last_seen_at", "price", "title"])
def test_a_filtered_walk_repeats_and_skips_nothing_that_matches_throughout(
    client: FlaskClient, there_throughout: set[int], sort: str
) -> None:
    """The crawls change neither the currency's condition nor who is in the list of all."""
    crawls = Crawls(seed=9)
    page = client.get(f"{URL}?sort={sort}&seen_since=2026-11-01&limit=4").get_json()
    seen = follow(client, page, "next", crawls)
    assert len(seen) == len(set(seen))
    assert there_throughout <= set(seen)


def test_a_table_has_every_product_once_while_crawls_go_on(
    client: FlaskClient, there_throughout: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapi.services.products.AT_ONCE", 4)
    monkeypatch.setattr("webapi.schemas.tables.CHUNK", 0)
    crawls = Crawls(seed=5)
    lines = []
    response = client.get(f"{URL}?format=csv&sort=-last_seen_at", buffered=False)
    for chunk in response.iter_encoded():
        lines += chunk.decode().splitlines()
        if len(lines) % 4 == 0:
            crawls.go_on()
    ids = [int(line.partition(",")[0]) for line in lines[1:]]
    assert len(ids) == len(set(ids))
    assert there_throughout <= set(ids)


def test_a_product_that_is_deleted_meanwhile_is_left_out(
    client: FlaskClient, there_throughout: set[int]
) -> None:
    page = client.get(f"{URL}?sort=title&limit=4").get_json()
    database.connect(reuse_if_open=True)
    Product.update(deleted_at=BEGIN, title="Gone").where(Product.id > 20).execute()
    seen = [product["id"] for product in page["items"]]
    while page["next"]:
        page = client.get(page["next"]).get_json()
        seen += [product["id"] for product in page["items"]]
    assert set(range(1, 21)) <= set(seen)
    assert len(seen) == len(set(seen)) <= 24


def test_a_walk_that_is_too_old_is_told_to_begin_again(
    client: FlaskClient, there_throughout: set[int]
) -> None:
    crawls = Crawls(seed=1)
    sorted_by_price = client.get(f"{URL}?sort=price&limit=4").get_json()["next"]
    by_id = client.get(f"{URL}?limit=4").get_json()["next"]
    crawls.go_on()
    FormerPlace.update(changed_at="2026-01-01T00:00:00.000Z").execute()
    crawls.go_on()
    refused = client.get(sorted_by_price)
    assert refused.status_code == 400
    assert "begin again" in refused.get_json()["detail"]
    assert client.get(f"{sorted_by_price}&format=csv").status_code == 400
    assert client.get(by_id).status_code == 200  # the order of ids never changes
