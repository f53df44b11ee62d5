"""The page of one product and its edit form, without a browser."""

import csv
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from db.catalog import record_gone
from tests.conftest import API_KEY
from tests.webapi.html.catalog import SHOES, crawl, form_of, page, product, read, shoe, text, texts
from webapi.keys import WRONG_KEYS

KNOWN: dict[str, Any] = {
    "price_text": "US $51.78", "shipping_text": "Free shipping over US $10", "star_rating": 4.6,
    "units_sold": 1000, "units_sold_text": "1,000+ sold", "store_name": "Walk & Wander",
}  # fmt: skip


@pytest.fixture(autouse=True)
def catalog(client: FlaskClient) -> None:
    crawl(9, shoe(1, 5884, **KNOWN))
    crawl(1, shoe(1, 5178, **KNOWN))


def send(client: FlaskClient, **changed: str) -> TestResponse:
    """Send the form of a product with some fields changed, and a good key."""
    form = form_of(client) | {"api_key": API_KEY} | changed
    return client.post("/products/1", data=form)


# Reading


def test_a_product_that_is_gone_says_since_when(client: FlaskClient) -> None:
    assert "Gone since" not in client.get("/products/1").get_data(as_text=True)
    record_gone("1005006000000001", at=datetime(2026, 11, 3, 8, 30, tzinfo=UTC))
    shown = page(client, "/products/1")
    assert text(shown, ".note-seen").startswith("Gone since 3 Nov")
    assert "Gone since" in texts(shown, ".known tbody th")
    assert client.get("/api/v1/products/1").get_json()["gone_at"] == "2026-11-03T08:30:00.000000Z"
    rows = list(csv.DictReader(client.get("/api/v1/products?format=csv").text.splitlines()))
    assert [row["gone_at"] for row in rows] == ["2026-11-03T08:30:00.000000Z"]


def test_everything_known_stands_there_with_the_page_s_own_words(client: FlaskClient) -> None:
    shown = page(client, "/products/1")
    assert text(shown, "h1") == "Canvas Shoe 1"
    rows = {
        row.css("th::text").get(): " ".join(" ".join(row.css("td ::text").getall()).split())
        for row in shown.css(".known tbody tr")
    }
    assert rows["Price"] == "$51.78 “US $51.78”"
    assert rows["Shipping"] == "Unknown “Free shipping over US $10”"
    assert rows["Units sold"] == "1,000 or more “1,000+ sold”"
    assert rows["Category"] == SHOES.replace(">", "›")
    assert rows["Last seen"].startswith("yesterday , ")
    assert rows["Shop's id"] == "1005006000000001"
    assert "List price" not in rows


def test_the_chart_is_a_figure_with_a_caption_and_its_table(client: FlaskClient) -> None:
    shown = page(client, "/products/1")
    caption, _ = texts(shown, "figure figcaption")
    assert caption.startswith("Price history")
    labels = shown.css("figure .price-USD .step::attr(aria-label)").getall()
    assert [label.partition(",")[0] for label in labels] == ["$58.84", "$51.78"]
    assert [row.css("td::text").getall()[1] for row in shown.css("figure tbody tr")[:2]] == [
        "$51.78", "$58.84",
    ]  # fmt: skip


def test_links_lead_to_the_shop_the_json_and_the_csv(client: FlaskClient) -> None:
    shop, csv, json = page(client, "/products/1").css(".about .actions a")
    assert shop.attrib["href"] == "https://www.aliexpress.com/item/1005006000000001.html"
    assert shop.attrib["rel"] == "noreferrer noopener"
    assert client.get(csv.attrib["href"]).content_type == "text/csv; charset=utf-8"
    assert client.get(json.attrib["href"]).get_json()["id"] == 1


def test_a_product_that_was_seen_in_two_currencies_has_two_charts(client: FlaskClient) -> None:
    crawl(0.5, shoe(1, 4600, "EUR"))
    assert texts(page(client, "/products/1"), "figcaption h2")[:2] == [
        "Price history in EUR", "Price history in USD",
    ]  # fmt: skip


def test_a_product_that_nobody_has_seen_has_no_chart(client: FlaskClient) -> None:
    key = {"X-API-Key": API_KEY}
    client.post("/api/v1/products", json={"title": "Seen in town"}, headers=key)
    shown = page(client, "/products/2")
    assert text(shown, "figure p") == "No price was seen."
    assert text(shown, ".big-price") == "Price unknown"
    assert shown.css(".range, .note-seen, svg .line") == []


def test_the_crawl_that_saw_it_last_is_a_link_however_long_ago_it_was(client: FlaskClient) -> None:
    last = product().last_crawl_id
    for later in (0, 30):
        for _ in range(later):
            crawl(0.5)
        link = page(client, "/products/1").css(".known td a[href^='/crawls']::attr(href)").get("")
        assert page(client, link).css(f"article#crawl-{last}")
        assert link.endswith(f"#crawl-{last}")


@pytest.mark.parametrize("url", ["/products/4711", "/products/9223372036854775807"])
def test_an_unknown_product_is_a_page(client: FlaskClient, url: str) -> None:
    shown = page(client, url, 404)
    assert text(shown, "h1").startswith("There is no product")
    assert shown.css("main a::attr(href)").getall() == ["/", "/crawls"]


# Editing


def test_a_changed_field_is_written_and_protected_alone(client: FlaskClient) -> None:
    response = send(client, price="49.90")
    assert (response.status_code, response.location) == (303, "/products/1#saved")
    stored = product()
    assert (stored.price_minor, stored.edited_fields) == (4990, {"price"})
    assert (stored.store_name, stored.units_sold_text) == ("Walk & Wander", "1,000+ sold")
    shown = page(client, "/products/1")
    assert "Protected from crawls: Price." in text(shown, "#saved")
    assert shown.css("input[name=release]::attr(value)").getall() == ["price"]


def test_a_form_that_nobody_touched_changes_nothing(client: FlaskClient) -> None:
    before = product()
    assert send(client).status_code == 303
    assert (product().version, product().edited_fields) == (before.version, frozenset())


def test_an_empty_field_is_unknown(client: FlaskClient) -> None:
    send(client, star_rating="", store_name=" ")
    assert (product().star_rating, product().store_name) == (None, None)
    assert product().edited_fields == {"star_rating", "store_name"}


def test_a_protected_field_is_released_alone(client: FlaskClient) -> None:
    send(client, price="49.90", title="Mine")
    send(client, release="price")
    assert product().edited_fields == {"title"}
    crawl(0, shoe(1, 5500))
    assert (product().price_minor, product().title) == (5500, "Mine")


@pytest.mark.parametrize("key", ["", "wrong", "ключ"])
def test_a_wrong_key_changes_nothing_and_keeps_the_entries(client: FlaskClient, key: str) -> None:
    response = send(client, price="49.90", title="<b>Mine</b>", api_key=key)
    assert response.status_code == 401
    shown = read(response)
    assert "Nothing was changed." in text(shown, ".edit [role=alert]")
    assert shown.css(".edit").attrib.get("open") is not None
    assert shown.css("[name=price]").attrib["value"] == "49.90"
    assert shown.css("[name=title]").attrib["value"] == "<b>Mine</b>"
    assert "Was 51.78" in text(shown, "#field-price-note")
    assert "value" not in shown.css("[name=api_key]").attrib
    assert product().edited_fields == frozenset()


def test_a_good_key_is_never_sent_back(client: FlaskClient) -> None:
    response = send(client, price="many")
    assert API_KEY not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"price": "many"}, "price", "price must be an amount"),
        ({"price": "12.345"}, "price", "price"),
        ({"star_rating": "6"}, "star_rating", "star_rating must be a number from 0 to 5"),
        ({"units_sold": "1.5"}, "units_sold", "units_sold must be a whole number"),
        ({"title": ""}, "title", "title must"),
        ({"image_url": "javascript:alert(1)"}, "image_url", "image_url must be"),
        ({"currency": "dollars"}, "currency", "currency must be"),
    ],
)
def test_a_mistake_is_named_at_its_field(
    client: FlaskClient, changed: dict[str, str], field: str, message: str
) -> None:
    response = send(client, store_name="Also changed", **changed)
    assert response.status_code == 400
    shown = read(response)
    assert message in text(shown, f"#field-{field}-error")
    wrong = shown.css(f"#field-{field}")
    assert wrong.attrib["aria-invalid"] == "true"
    assert f"field-{field}-error" in wrong.attrib["aria-describedby"]
    assert shown.css("[name=store_name]").attrib["value"] == "Also changed"
    assert product().edited_fields == frozenset()


def test_a_product_that_was_changed_meanwhile_is_left_alone_and_both_values_shown(
    client: FlaskClient,
) -> None:
    form = form_of(client) | {"api_key": API_KEY, "price": "49.90"}
    crawl(0, shoe(1, 5500, **(KNOWN | {"units_sold": 1200, "units_sold_text": "1,200 sold"})))
    response = client.post("/products/1", data=form)
    assert response.status_code == 412
    assert (product().price_minor, product().edited_fields) == (5500, frozenset())
    shown = read(response)
    assert shown.css("[name=price]").attrib["value"] == "49.90"
    assert text(shown, "#field-price-note") == "Changed meanwhile: now 55.00"
    # what was not touched is as it is now, and says what it was
    assert shown.css("[name=units_sold]").attrib["value"] == "1200"
    assert text(shown, "#field-units_sold-note") == "Changed meanwhile: was 1000"
    again = {
        field.attrib["name"]: field.attrib.get("value", "")
        for field in shown.css("form input[name]:not([type=checkbox])")
    }
    assert client.post("/products/1", data=again | {"api_key": API_KEY}).status_code == 303
    assert (product().price_minor, product().edited_fields) == (4990, {"price"})


def test_another_currency_relabels_the_amounts_of_the_form(client: FlaskClient) -> None:
    assert send(client, currency="EUR").status_code == 303
    assert (product().currency, product().price_minor) == ("EUR", 5178)
    assert product().edited_fields == {"currency", "price"}


def test_a_deleted_product_cannot_be_edited(client: FlaskClient) -> None:
    form = form_of(client) | {"api_key": API_KEY, "price": "49.90"}
    client.delete("/api/v1/products/1", headers={"X-API-Key": API_KEY})
    assert client.post("/products/1", data=form).status_code == 404


def test_a_post_that_another_site_forges_has_no_key_and_fails(client: FlaskClient) -> None:
    """The key is typed into the form: no cookie or header of the browser stands for it."""
    forged = {"price": "0.01", "title": "Forged"}
    headers = {"Origin": "https://evil.example", "Cookie": f"api_key={API_KEY}"}
    response = client.post("/products/1", data=forged, headers=headers)
    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    assert (product().title, product().price_minor) == ("Canvas Shoe 1", 5178)


def test_who_guesses_keys_is_slowed_down(client: FlaskClient) -> None:
    for _ in range(WRONG_KEYS.amount):
        assert client.post("/products/1", data={"api_key": "guess"}).status_code == 401
    slowed = client.post("/products/1", data={"api_key": "guess", "title": "X"})
    assert slowed.status_code == 429
    assert "Wait a minute" in text(read(slowed), ".edit [role=alert]")
    assert product().title == "Canvas Shoe 1"
