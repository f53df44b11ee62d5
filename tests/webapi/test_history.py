"""The history of a product: its pages, and what its prices come to."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import database
from db.money import Money
from db.sightings import Sighting
from tests.webapi.catalogues import BEGIN

URL = "/api/v1/products/1/history"


def crawls_see(*prices: Money | None) -> None:
    database.connect(reuse_if_open=True)
    for day, price in enumerate(prices):
        seen = Sighting(aliexpress_id="1", title="Shoe", price=price, units_sold=day)
        at = BEGIN + timedelta(days=day)
        record_sightings(start_crawl("category", at=at), [seen], at=at)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def prices(client: FlaskClient) -> Any:
    return client.get(URL).get_json()["prices"]


def test_the_prices_of_each_currency_are_summed_up(client: FlaskClient) -> None:
    crawls_see(usd(2000), usd(1500), Money(1800, "JPY"), usd(1700), usd(1700), None)
    assert prices(client) == [
        {
            "currency": "JPY",
            "lowest": "1800",
            "highest": "1800",
            "median": "1800",
            "last_change": None,
        },
        {
            "currency": "USD",
            "lowest": "15.00",
            "highest": "20.00",
            "median": "17.00",
            "last_change": {
                "at": "2026-11-04T00:00:00.000000Z",
                "earlier": "15.00",
                "later": "17.00",
            },
        },
    ]


@pytest.mark.parametrize(
    ("seen", "median"),
    [([100], "1.00"), ([100, 200], "1.50"), ([100, 101], "1.00"), ([101, 102], "1.02"),
     ([300, 100, 200], "2.00")],
)  # fmt: skip
def test_the_median_is_the_middle_or_half_way_between(
    client: FlaskClient, seen: list[int], median: str
) -> None:
    crawls_see(*map(usd, seen))
    assert prices(client)[0]["median"] == median


def test_a_history_without_prices_sums_up_nothing(client: FlaskClient) -> None:
    crawls_see(None)
    assert prices(client) == []


def test_the_history_has_pages_oldest_first(client: FlaskClient) -> None:
    crawls_see(*(usd(1000 + day) for day in range(7)))
    page = client.get(f"{URL}?limit=3").get_json()
    assert (page["total"], page["prev"], len(page["items"])) == (7, None, 3)
    there = list(page["items"])
    while page["next"]:
        page = client.get(page["next"]).get_json()
        there += page["items"]
    assert [entry["price"] for entry in there] == [f"10.0{day}" for day in range(7)]
    back = list(page["items"])
    while page["prev"]:
        page = client.get(page["prev"]).get_json()
        back = page["items"] + back
    assert back == there
    assert there[0]["crawl_id"] == 1


def test_the_summary_is_of_the_whole_history_on_every_page(client: FlaskClient) -> None:
    crawls_see(*(usd(1000 + day) for day in range(7)))
    link = client.get(f"{URL}?limit=3").get_json()["next"]
    assert client.get(link).get_json()["prices"] == prices(client)


@pytest.mark.parametrize("question", ["limit=0", "cursor=abc", "sort=price"])
def test_a_wrong_question_is_a_400(client: FlaskClient, question: str) -> None:
    crawls_see(usd(1000))
    assert client.get(f"{URL}?{question}").status_code == 400


def test_the_summary_is_about_the_latest_variant_and_condition(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    offer = "New shoppers save US $5"
    history: list[dict[str, Any]] = [
        {"price": usd(2000), "sku_id": "7"},
        {"price": usd(900), "sku_id": "8"},
        {"price": usd(700), "sku_id": "7", "price_condition": offer},
        {"price": usd(1800), "sku_id": "7"},
    ]
    for day, facts in enumerate(history):
        seen = Sighting(aliexpress_id="1", title="Shoe", **facts)
        at = BEGIN + timedelta(days=day)
        record_sightings(start_crawl("category", at=at), [seen], at=at)
    body = client.get(URL).get_json()
    assert [(entry["sku_id"], entry["price_condition"]) for entry in body["items"]] == [
        ("7", None), ("8", None), ("7", offer), ("7", None),
    ]  # fmt: skip
    assert [(one["lowest"], one["highest"], one["median"]) for one in body["prices"]] == [
        ("18.00", "20.00", "19.00")
    ]
    change = body["prices"][0]["last_change"]
    assert (change["earlier"], change["later"]) == ("20.00", "18.00")
    csv = client.get(URL, query_string={"format": "csv"}).get_data(as_text=True)
    assert f"7.00,{offer},7" in csv
