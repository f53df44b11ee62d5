"""POST, PUT and PATCH from outside: what is taken, what is refused, what stays."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.currencies import CURRENCIES, minor_digits
from db.database import database
from db.models import Product
from db.money import MAX_MINOR, Money
from db.sightings import Sighting
from tests.conftest import API_KEY

URL = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}
SEEN_AT = datetime(2026, 11, 1, tzinfo=UTC)


def crawl_sees(**facts: Any) -> None:
    database.connect(reuse_if_open=True)
    sighting = Sighting(**{"aliexpress_id": "1005", "title": "Canvas shoe"} | facts)
    record_sightings(start_crawl("category"), [sighting], at=SEEN_AT)


@pytest.fixture
def product(client: FlaskClient) -> dict[str, Any]:
    """Return a product as a crawl stored it and the API shows it."""
    crawl_sees(
        url="https://www.aliexpress.com/item/1005.html",
        price=Money(1999, "USD"),
        price_text="US $19.99",
        list_price=Money(3999, "USD"),
        shipping_text="Free shipping over US $10",
        star_rating=4.7,
        units_sold=1376,
        units_sold_text="1,000+ sold",
        store_name="Casual Steps Store",
    )
    return show(client)


def show(client: FlaskClient, number: int = 1) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"{URL}/{number}").get_json()
    return body


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that differ, except for the time of the change."""
    return {
        name: after[name] for name in after if after[name] != before[name] and name != "updated_at"
    }


# Create


def test_a_product_made_by_hand_is_shown_and_its_facts_are_held(client: FlaskClient) -> None:
    sent = {"title": "My  shoe", "currency": "USD", "price": "19.9", "url": "//host/shoe"}
    response = client.post(URL, json=sent, headers=KEY)
    assert response.status_code == 201
    assert response.headers["Location"].endswith(f"{URL}/1")
    made = response.get_json()
    assert (made["title"], made["price"], made["url"]) == ("My shoe", "19.90", "https://host/shoe")
    assert made["edited_fields"] == ["currency", "price", "title", "url"]
    assert (made["store_name"], made["first_seen_at"], made["aliexpress_id"]) == (None, None, None)
    assert client.get(response.headers["Location"]).get_json() == made


def test_an_id_of_the_us_site_becomes_the_global_one(client: FlaskClient) -> None:
    sent = {"title": "Shoe", "aliexpress_id": str(2**51 + 1005)}
    assert client.post(URL, json=sent, headers=KEY).get_json()["aliexpress_id"] == "1005"


def test_a_product_that_is_there_already_is_a_conflict_that_names_it(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    sent = {"title": "Shoe", "aliexpress_id": str(2**51 + 1005)}
    response = client.post(URL, json=sent, headers=KEY)
    assert response.status_code == 409
    assert "Product 1 " in response.get_json()["detail"]
    assert show(client) == product


def test_a_product_that_was_deleted_is_brought_back(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    Product.update(deleted_at=SEEN_AT).execute()
    assert client.get(f"{URL}/1").status_code == 404
    sent = {"title": "Back again", "aliexpress_id": "1005"}
    response = client.post(URL, json=sent, headers=KEY)
    assert (response.status_code, response.get_json()["id"]) == (201, product["id"])
    assert show(client)["store_name"] is None
    assert len(client.get(f"{URL}/1/history").get_json()["items"]) == 1


ENDS = {"USD": "10000000000000.00", "JPY": "1000000000000000", "KWD": "1000000000000.000"}
"""The largest amounts: MAX_MINOR minor units, in currencies with 2, 0 and 3 digits."""


CURRENCY_CASES = [
    code if code in ENDS else pytest.param(code, marks=pytest.mark.long)
    for code in sorted(CURRENCIES)
]


@pytest.mark.parametrize("currency", CURRENCY_CASES)
def test_every_amount_that_is_returned_is_accepted(client: FlaskClient, currency: str) -> None:
    """With PUT and PATCH, as texts and as numbers; a million millions of the unit is among them."""
    digits = minor_digits(currency)
    for minor in {0, 1, min(10**12 * 10**digits, MAX_MINOR), MAX_MINOR}:
        amount = f"{Decimal(minor).scaleb(-digits):f}"
        amounts = dict.fromkeys(("price", "list_price", "shipping_price"), amount)
        sent = {"title": "Shoe", "currency": currency, **amounts}
        made = client.post(URL, json=sent, headers=KEY).get_json()
        assert {name: made[name] for name in amounts} == amounts
        for body in (json.dumps(made), json.dumps(made).replace(f'"{amount}"', amount)):
            for method in ("PUT", "PATCH"):
                back = client.open(
                    f"{URL}/{made['id']}", method=method, data=body, headers=KEY,
                    content_type="application/json",
                )  # fmt: skip
                assert (back.status_code, back.get_json()) == (200, made)


@pytest.mark.parametrize("currency", ENDS)
def test_no_amount_is_larger_than_the_largest(client: FlaskClient, currency: str) -> None:
    sent = {"title": "Shoe", "currency": currency, "price": ENDS[currency]}
    assert client.post(URL, json=sent, headers=KEY).get_json()["price"] == ENDS[currency]
    more = str(Decimal(ENDS[currency]) + Decimal(1).scaleb(-minor_digits(currency)))
    response = client.post(URL, json=sent | {"price": more}, headers=KEY)
    assert response.status_code == 400
    assert "price" in response.get_json()["detail"]


# Change

EDITS = [
    pytest.param({"title": "New"}, {"title": "New"}, ["title"], id="a title"),
    pytest.param(
        {"price": "18.5"}, {"price": "18.50", "price_text": None}, ["price"], id="a price as text"
    ),
    pytest.param(
        {"price": 18.5}, {"price": "18.50", "price_text": None}, ["price"], id="as a number"
    ),
    pytest.param({"store_name": None}, {"store_name": None}, ["store_name"], id="to unknown"),
    pytest.param({"title": "Canvas shoe"}, {}, None, id="the value that it has"),
    pytest.param({"edited_fields": ["title"]}, {}, ["title"], id="hold a field as it is"),
    pytest.param({"star_rating": 5}, {"star_rating": 5.0}, ["star_rating"], id="five stars"),
    pytest.param({"units_sold": 1400.0}, {"units_sold": 1400, "units_sold_text": None},
                 ["units_sold"], id="a whole number with a point"),
    pytest.param({}, {}, None, id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected", "held"), EDITS)
def test_a_patch_changes_what_it_names_and_holds_it(
    client: FlaskClient,
    product: dict[str, Any],
    edit: dict[str, Any],
    expected: dict[str, Any],
    held: list[str] | None,
) -> None:
    response = client.patch(f"{URL}/1", json=edit, headers=KEY)
    assert response.status_code == 200
    after = response.get_json()
    assert after == show(client)
    assert changed(product, after) == expected | ({"edited_fields": held} if held else {})


def test_a_put_makes_null_what_it_leaves_out(client: FlaskClient, product: dict[str, Any]) -> None:
    sent = {"title": "Canvas shoe", "currency": "USD", "price": "19.99"}
    after = client.put(f"{URL}/1", json=sent, headers=KEY).get_json()
    assert (after["list_price"], after["star_rating"], after["url"]) == (None, None, None)
    assert (after["price"], after["price_text"]) == ("19.99", "US $19.99")
    assert "price" not in after["edited_fields"]
    assert {"list_price", "star_rating", "store_name"} <= set(after["edited_fields"])
    assert after["aliexpress_id"] == product["aliexpress_id"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_was_fetched_can_be_sent_back(
    client: FlaskClient, product: dict[str, Any], method: str
) -> None:
    response = client.open(f"{URL}/1", method=method, json=product, headers=KEY)
    assert (response.status_code, response.get_json()) == (200, product)
    response = client.open(f"{URL}/1", method=method, json=product | {"title": "X"}, headers=KEY)
    assert changed(product, response.get_json()) == {"title": "X", "edited_fields": ["title"]}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_read_only_fields_are_ignored_so_that_what_was_fetched_can_be_sent_back_after_a_crawl(
    client: FlaskClient, product: dict[str, Any], method: str
) -> None:
    crawl_sees(star_rating=4.8)
    others = {
        "created_at": "2026-11-01T00:00:00+00:00",
        "first_seen_at": "Sun, 01 Nov 2026 00:00:00 GMT",
        "last_crawl_id": None,
        "price_text": ["anything"],
    }
    sent = product | others | {"title": "X", "star_rating": 4.8}
    response = client.open(f"{URL}/1", method=method, json=sent, headers=KEY)
    assert response.status_code == 200, response.get_json()
    now = response.get_json()
    assert (now["title"], now["created_at"]) == ("X", product["created_at"])
    assert (now["first_seen_at"], now["price_text"]) == (product["first_seen_at"], "US $19.99")


def test_the_largest_amount_can_be_sent_back(client: FlaskClient) -> None:
    sent = {"title": "X", "currency": "JPY", "price": str(10**15)}
    made = client.post(URL, json=sent, headers=KEY).get_json()
    assert client.put(f"{URL}/1", json=made, headers=KEY).get_json() == made


def test_a_change_of_currency_alone_is_refused(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    response = client.patch(f"{URL}/1", json={"currency": "EUR"}, headers=KEY)
    assert_problem(response, 400, "name price and list_price too")
    assert show(client) == product
    sent = {"currency": "EUR", "price": "18.00", "list_price": None}
    now = client.patch(f"{URL}/1", json=sent, headers=KEY).get_json()
    assert (now["currency"], now["price"], now["list_price"]) == ("EUR", "18.00", None)
    assert (now["price_text"], now["edited_fields"]) == (None, ["currency", "list_price", "price"])


def test_an_edit_survives_a_crawl_and_a_released_field_follows_it_again(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    client.patch(f"{URL}/1", json={"title": "Mine"}, headers=KEY)
    crawl_sees(title="Renamed by the shop")
    assert show(client)["title"] == "Mine"
    client.patch(f"{URL}/1", json={"edited_fields": []}, headers=KEY)
    assert show(client)["title"] == "Mine"
    crawl_sees(title="Renamed by the shop")
    assert show(client)["title"] == "Renamed by the shop"


def test_history_tells_what_crawls_saw_oldest_first(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    client.patch(f"{URL}/1", json={"price": "1.00"}, headers=KEY)
    crawl_sees(price=Money(1500, "USD"))
    entries = client.get(f"{URL}/1/history").get_json()["items"]
    assert [entry["price"] for entry in entries] == ["19.99", "15.00"]
    assert entries[0] == {
        "seen_at": "2026-11-01T00:00:00.000000Z",
        "crawl_id": 1,
        "currency": "USD",
        "price": "19.99",
        "price_condition": None,
        "sku_id": None,
        "list_price": "39.99",
        "shipping_price": None,
        "star_rating": 4.7,
        "units_sold": 1376,
    }


# What is refused, and changes nothing

BAD_FIELDS: list[tuple[str, Any]] = [
    ("colour", "red"),
    ("title", None),
    ("title", ""),
    ("title", " \n "),
    ("title", 5),
    ("title", ["Shoe"]),
    ("title", "x" * 1001),
    ("title", "\ud800"),
    ("title", "a\0b"),
    ("store_name", ""),
    ("store_name", True),
    ("category", "x" * 1001),
    ("url", "shoe.html"),
    ("url", "javascript:alert(1)"),
    ("url", "http://example.com/"),
    ("url", "https://" + "x" * 2000),
    ("url", 5),
    ("image_url", "ftp://host/a.jpg"),
    ("currency", "usd"),
    ("currency", "XXX"),
    ("currency", 5),
    ("currency", None),
    ("currency", "JPY"),
    ("id", "1"),
    ("id", None),
    ("price", "19.999"),
    ("price", 19.999),
    ("price", "-1"),
    ("price", -1),
    ("price", "1e3"),
    ("price", "12,34"),
    ("price", " 12"),
    ("price", ""),
    ("price", "NaN"),
    ("price", True),
    ("price", []),
    ("price", 10**30),
    ("price", "9" * 30),
    ("list_price", "free"),
    ("shipping_price", {"amount": 5}),
    ("star_rating", 5.1),
    ("star_rating", -1),
    ("star_rating", "5"),
    ("star_rating", True),
    ("units_sold", 1.5),
    ("units_sold", -1),
    ("units_sold", "7"),
    ("units_sold", 10**30),
    ("edited_fields", "title"),
    ("edited_fields", None),
    ("edited_fields", ["colour"]),
    ("edited_fields", ["id"]),
    ("edited_fields", [5]),
    ("id", 2),
    ("id", True),
    ("aliexpress_id", "1006"),
    ("aliexpress_id", "abc"),
    ("aliexpress_id", 1005),
    ("aliexpress_id", None),
]


def assert_problem(response: TestResponse, status: int, named: str = "") -> None:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    assert response.get_json()["status"] == status
    assert named in response.get_json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("name", "value"), BAD_FIELDS, ids=[f"{n}={v!r:.20}" for n, v in BAD_FIELDS]
)
def test_a_bad_field_is_a_400_that_names_it_and_nothing_changes(
    client: FlaskClient, product: dict[str, Any], method: str, name: str, value: Any
) -> None:
    sent = product | {name: value}
    response = client.open(f"{URL}/1", method=method, json=sent, headers=KEY)
    assert_problem(
        response, 400, "price" if name == "currency" and value in (None, "JPY") else name
    )
    assert show(client) == product


CREATED_BADLY = [
    ({}, "title"),
    ({"price": "5", "currency": "USD"}, "title"),
    ({"title": "Shoe", "price": "5"}, "currency"),
    ({"title": "Shoe", "price": "5", "currency": "JPY", "list_price": "5.5"}, "list_price"),
    ({"title": "Shoe", "id": 7}, "id"),
    ({"title": "Shoe", "aliexpress_id": "abc"}, "aliexpress_id"),
    ({"title": "Shoe", "aliexpress_id": ""}, "aliexpress_id"),
    ({"title": "Shoe", "colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("sent", "named"), CREATED_BADLY, ids=[str(s) for s, _ in CREATED_BADLY])
def test_a_product_cannot_be_made_of_bad_fields(
    client: FlaskClient, sent: dict[str, Any], named: str
) -> None:
    assert_problem(client.post(URL, json=sent, headers=KEY), 400, named)
    assert client.get(URL).get_json()["total"] == 0


NOT_OBJECTS = [
    pytest.param(b"", "application/json", 400, id="nothing"),
    pytest.param(b"title=Shoe", "application/json", 400, id="no JSON"),
    pytest.param(b'{"title": "Shoe"', "application/json", 400, id="half of it"),
    pytest.param(b'["title"]', "application/json", 400, id="a list"),
    pytest.param(b"null", "application/json", 400, id="null"),
    pytest.param(b'{"price": NaN}', "application/json", 400, id="NaN"),
    pytest.param(b'{"price": Infinity}', "application/json", 400, id="Infinity"),
    pytest.param(b'{"price": 1e400}', "application/json", 400, id="beyond all prices"),
    pytest.param(b'{"units_sold": 1e400}', "application/json", 400, id="beyond all counts"),
    pytest.param(b'{"star_rating": 1e-400}', "application/json", 200, id="a speck of a star"),
    pytest.param(b'{"price": 1e-400}', "application/json", 400, id="a speck of a cent"),
    pytest.param(b'{"title": "a", "title": "b"}', "application/json", 400, id="a field twice"),
    pytest.param(b'{"title": "\xff"}', "application/json", 400, id="no UTF-8"),
    pytest.param(b'{"title": "\\ud800"}', "application/json", 400, id="half a character"),
    pytest.param(b'{"a":' * 20_000, "application/json", 413, id="larger than any product"),
    pytest.param(b'{"a":' * 10_000, "application/json", 400, id="nested beyond reason"),
    pytest.param(b'{"units_sold": ' + b"9" * 5000 + b"}", "application/json", 400, id="digits"),
    pytest.param(b'{"title": "Shoe"}', "text/plain", 415, id="said to be text"),
    pytest.param(b'{"title": "Shoe"}', "", 415, id="said to be nothing"),
    pytest.param(b'{"title": "Shoe"}', "application/merge-patch+json", 200, id="a merge patch"),
]


@pytest.mark.parametrize(("body", "media_type", "status"), NOT_OBJECTS)
def test_what_is_no_json_object_is_refused_and_nothing_changes(
    client: FlaskClient, product: dict[str, Any], body: bytes, media_type: str, status: int
) -> None:
    response = client.patch(f"{URL}/1", data=body, content_type=media_type, headers=KEY)
    if status == 200:
        assert response.status_code == 200
        return
    assert_problem(response, status)
    assert show(client) == product


@pytest.mark.parametrize("key", [None, "", "wrong", API_KEY + "x", API_KEY.upper(), "\xe9\xff"])
@pytest.mark.parametrize(
    ("method", "url"), [("POST", URL), ("PUT", f"{URL}/1"), ("PATCH", f"{URL}/1"),
                        ("PATCH", f"{URL}/99")]
)  # fmt: skip
def test_without_a_key_nothing_is_written(
    client: FlaskClient, product: dict[str, Any], method: str, url: str, key: str | None
) -> None:
    headers = {} if key is None else {"X-API-Key": key}
    response = client.open(url, method=method, json={"title": "X"}, headers=headers)
    assert_problem(response, 401, "X-API-Key")
    assert "X-API-Key" in response.headers["WWW-Authenticate"]
    assert show(client) == product


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_there_is_nothing_to_change_in_a_product_that_is_not_there(
    client: FlaskClient, method: str
) -> None:
    response = client.open(f"{URL}/7", method=method, json={"title": "X"}, headers=KEY)
    assert_problem(response, 404, "7")


def test_writing_takes_no_parameters(client: FlaskClient) -> None:
    response = client.post(f"{URL}?limit=5", json={"title": "X"}, headers=KEY)
    assert_problem(response, 400, "limit")


def test_a_number_is_read_as_the_decimal_that_was_written(client: FlaskClient) -> None:
    """0.1 + 0.2 is no amount of cents to a binary float; it never becomes one."""
    body = b'{"title": "X", "currency": "USD", "price": 9007199254740.99}'
    made = client.post(URL, data=body, content_type="application/json", headers=KEY).get_json()
    assert Decimal(made["price"]) == Decimal("9007199254740.99")
    assert json.dumps(made["price"]) == '"9007199254740.99"'
