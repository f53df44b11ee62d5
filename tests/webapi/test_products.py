"""GET /api/v1/products from outside, on a real SQLite file."""

from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import edit_product
from db.database import close_database, database, open_database
from db.models import Product
from db.money import Money
from db.sightings import Sighting
from tests.conftest import API_KEY
from webapi import create_app

SEEN_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def store(*sightings: Sighting) -> None:
    database.connect(reuse_if_open=True)
    record_sightings(start_crawl("category"), sightings, at=SEEN_AT)


def store_shoes(count: int, first: int = 1) -> None:
    store(*(Sighting(aliexpress_id=str(n), title=f"Shoe {n}") for n in range(first, first + count)))


def get(client: FlaskClient, url: str) -> dict[str, Any]:
    response = client.get(url)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    return body


def titles(body: dict[str, Any]) -> list[int]:
    return [int(item["title"].removeprefix("Shoe ")) for item in body["items"]]


URL = "/api/v1/products"


def test_a_database_that_has_just_been_made_has_an_empty_list(client: FlaskClient) -> None:
    assert get(client, URL) == {"items": [], "total": 0, "next": None, "prev": None}


def test_a_product_shows_its_facts_and_null_for_what_is_unknown(client: FlaskClient) -> None:
    store(
        Sighting(
            aliexpress_id="1005006000000001",
            title="Men's Canvas Shoes",
            url="https://www.aliexpress.com/item/1005006000000001.html",
            price=Money(2390, "USD"),
            price_text="US $23.90",
            shipping_price=Money(0, "USD"),
            shipping_text="Free shipping",
            star_rating=4.8,
            units_sold=1376,
            units_sold_text="1,000+ sold",
        )
    )
    assert edit_product(Product.get(), {"store_name": "Casual Steps Store"}, at=SEEN_AT)
    instant = "2026-11-23T08:30:00.000000Z"
    assert get(client, URL)["items"] == [
        {
            "id": 1,
            "aliexpress_id": "1005006000000001",
            "title": "Men's Canvas Shoes",
            "url": "https://www.aliexpress.com/item/1005006000000001.html",
            "image_url": None,
            "currency": "USD",
            "price": "23.90",
            "price_text": "US $23.90",
            "price_condition": None,
            "sku_id": None,
            "list_price": None,
            "shipping_price": "0.00",
            "shipping_text": "Free shipping",
            "star_rating": 4.8,
            "units_sold": 1376,
            "units_sold_text": "1,000+ sold",
            "store_name": "Casual Steps Store",
            "category": None,
            "edited_fields": ["store_name"],
            "first_seen_at": instant,
            "last_seen_at": instant,
            "gone_at": None,
            "last_crawl_id": 1,
            "created_at": instant,
            "updated_at": instant,
        }
    ]


def test_amounts_have_the_digits_of_their_currency(client: FlaskClient) -> None:
    for number, money in enumerate((Money(410, "JPY"), Money(1500, "KWD")), start=1):
        store(Sighting(aliexpress_id=str(number), title="Shoe", price=money))
    assert [item["price"] for item in get(client, URL)["items"]] == ["410", "1.500"]


def test_a_page_has_25_products_unless_told_otherwise(client: FlaskClient) -> None:
    store_shoes(30)
    assert titles(get(client, URL)) == list(range(1, 26))
    assert titles(get(client, f"{URL}?limit=100")) == list(range(1, 31))


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_text_that_postgres_cannot_index_is_refused(client: FlaskClient) -> None:
    headers = {"X-API-Key": API_KEY}
    too_long = "".join(map(chr, range(0x4E00, 0x4E00 + 1000)))
    assert (
        client.post("/api/v1/products", json={"title": "Shoe"}, headers=headers).status_code == 201
    )
    for method, path in (("POST", "/api/v1/products"), ("PATCH", "/api/v1/products/1")):
        response = client.open(path, method=method, json={"title": too_long}, headers=headers)
        assert response.status_code == 400
        assert "too long for an index of the database server" in response.get_json()["detail"]
    assert [product["title"] for product in client.get("/api/v1/products").get_json()["items"]] == [
        "Shoe"
    ]


@pytest.mark.parametrize("count", [1, 4, 5, 6, 10, 11])
def test_next_and_prev_lead_through_all_pages_and_back(client: FlaskClient, count: int) -> None:
    store_shoes(count)
    there, page = [], get(client, f"{URL}?limit=5")
    assert page["prev"] is None
    there.append(titles(page))
    while page["next"]:
        page = get(client, page["next"])
        there.append(titles(page))
    back = [titles(page)]
    while page["prev"]:
        page = get(client, page["prev"])
        back.append(titles(page))
    assert list(chain.from_iterable(there)) == list(range(1, count + 1))
    assert sorted(chain.from_iterable(back)) == list(range(1, count + 1))
    assert page["total"] == count


def test_pages_keep_their_place_while_products_come_and_go(client: FlaskClient) -> None:
    store_shoes(10)
    first = get(client, f"{URL}?limit=4")
    database.connect(reuse_if_open=True)
    Product.update(deleted_at=SEEN_AT).where(Product.id.in_([2, 4, 5])).execute()
    store_shoes(2, first=11)
    second = get(client, first["next"])
    assert titles(second) == [6, 7, 8, 9]
    assert titles(get(client, second["prev"])) == [1, 3]
    assert get(client, URL)["total"] == 9


def test_a_page_after_all_products_leads_back(client: FlaskClient) -> None:
    store_shoes(6)
    last = get(client, get(client, f"{URL}?limit=5")["next"])
    database.connect(reuse_if_open=True)
    Product.update(deleted_at=SEEN_AT).where(Product.id == 6).execute()
    empty = get(client, get(client, f"{URL}?limit=5")["next"] or f"{URL}?limit=5")
    assert titles(last) == [6]
    assert titles(empty) == [1, 2, 3, 4, 5]


def test_deleted_products_are_not_listed(client: FlaskClient) -> None:
    store_shoes(3)
    Product.update(deleted_at=SEEN_AT).where(Product.id == 2).execute()
    page = get(client, URL)
    assert (titles(page), page["total"]) == ([1, 3], 2)


def test_links_are_relative_whatever_host_a_request_names(client: FlaskClient) -> None:
    store_shoes(2)
    page = client.get(f"{URL}?limit=1", headers={"Host": "127.0.0.1:99"}).get_json()
    assert page["next"].startswith("/api/v1/products?")


# Errors


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=abc", "limit"),
        ("limit=", "limit"),
        ("limit=2.5", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%ED%A0%80", "cursor"),
        ("colour=red", "colour"),
        ("Limit=5", "Limit"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(
    client: FlaskClient, query: str, named: str
) -> None:
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == 400
    assert named in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("PATCH", URL, 405),
        ("DELETE", URL, 405),
        ("GET", f"{URL}/1", 404),
        ("GET", f"{URL}/abc", 404),
        ("GET", f"{URL}/-1", 404),
        ("GET", f"{URL}/99999999999999999999999", 404),
        ("GET", f"{URL}/1/history", 404),
    ],
)
def test_unknown_routes_and_verbs_are_problems_too(
    client: FlaskClient, method: str, url: str, status: int
) -> None:
    response = client.open(url, method=method)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == status
    if status == 405:
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("break_it", "status"),
    [("ALTER TABLE product RENAME TO gone", 503), (None, 500)],
    ids=["the database fails", "the code fails"],
)
def test_a_failure_is_a_problem_without_internals(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, break_it: str | None,
    status: int,
) -> None:  # fmt: skip
    if break_it:
        open_database(app.config["DATABASE_URL"])
        database.execute_sql(break_it)
        close_database()
    else:
        store_shoes(1)
        monkeypatch.setattr("webapi.resources.products.represent_product", lambda _product: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = client.get(URL)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    text = response.get_data(as_text=True)
    assert "product" not in text
    assert "division" not in text


def test_the_service_starts_with_the_environment_s_database(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert get(create_app().test_client(), URL)["total"] == 0
