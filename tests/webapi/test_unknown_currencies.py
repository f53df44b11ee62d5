"""Reading never fails on a stored currency that ISO 4217 does not list: its amounts are unknown.

Another version of the table of currencies, or another tool, may have written it.
"""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from db.database import database
from tests.conftest import API_KEY
from tests.webapi.html.catalog import crawl, shoe

KEY = {"X-API-Key": API_KEY}
PRODUCTS = "/api/v1/products"


@pytest.fixture(autouse=True)
def unlisted(client: FlaskClient) -> Iterator[None]:
    """Store a product whose price dropped, in a currency that is not listed, and another one."""
    crawl(3, shoe(1, 6000, list_price=None), shoe(2, 7000))
    crawl(2, shoe(1, 5000), shoe(2, 6500))
    crawl(1, shoe(1, 4000), shoe(2, 6000))
    database.execute_sql("UPDATE product SET currency = 'ZZZ' WHERE id = 1")
    database.execute_sql("UPDATE observation SET currency = 'ZZZ' WHERE product_id = 1")
    yield
    database.close()


@pytest.mark.parametrize(
    "url",
    [
        PRODUCTS,
        *(f"{PRODUCTS}?sort={sign}{name}" for name in ("price", "shipping_price", "title")
          for sign in ("", "-")),
        f"{PRODUCTS}?sort=price&limit=1",
        f"{PRODUCTS}?price_dropped_since=2026-01-01",
        f"{PRODUCTS}?format=csv",
        f"{PRODUCTS}?format=csv&price_dropped_since=2026-01-01",
        f"{PRODUCTS}/1",
        f"{PRODUCTS}/1/history",
        f"{PRODUCTS}/1/history?format=csv",
        "/feeds/price-drops.atom",
        "/",
        "/?sort=price",
        "/?price_dropped_since=2026-01-01",
        "/products/1",
        "/crawls",
        "/health/ready",
    ],
)  # fmt: skip
def test_everything_can_be_read(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert "ZZZ" not in response.get_data(as_text=True).replace('value="ZZZ"', "")


def test_its_amounts_are_unknown_and_others_are_shown(client: FlaskClient) -> None:
    unlisted, other = client.get(PRODUCTS).get_json()["items"]
    assert (unlisted["currency"], unlisted["price"]) == (None, None)
    assert (other["currency"], other["price"]) == ("USD", "60.00")
    history = client.get(f"{PRODUCTS}/1/history").get_json()
    assert history["prices"] == []
    assert [seen["price"] for seen in history["items"]] == [None, None, None]
    assert client.get("/feeds/price-drops.atom").get_data().count(b"<entry>") == 1


def test_a_crawl_and_a_person_can_give_it_a_listed_one(client: FlaskClient) -> None:
    named = {"currency": "EUR", "price": "12.50"}
    response = client.patch(f"{PRODUCTS}/1", json=named, headers=KEY)
    assert {name: response.get_json()[name] for name in named} == named
    database.connect(reuse_if_open=True)
    database.execute_sql("UPDATE product SET currency = 'ZZZ', edited_fields = '[]' WHERE id = 1")
    crawl(0, shoe(1, 3000))
    seen = client.get(f"{PRODUCTS}/1").get_json()
    assert (seen["currency"], seen["price"]) == ("USD", "30.00")
