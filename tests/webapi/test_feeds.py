"""The Atom feed of price drops, read with a feed reader's library."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import database
from db.models import Product
from db.money import Money
from db.sightings import Sighting
from tests.webapi.catalogues import BEGIN

URL = "/feeds/price-drops.atom"


def crawl_sees(day: int, *seen: Sighting) -> None:
    database.connect(reuse_if_open=True)
    at = BEGIN + timedelta(days=day)
    record_sightings(start_crawl("category", at=at), seen, at=at)


def shoe(number: int, price: int, title: str = "Shoe", currency: str = "USD") -> Sighting:
    url = f"https://www.aliexpress.com/item/{number}.html"
    money = Money(price, currency)
    return Sighting(aliexpress_id=str(number), title=title, url=url, price=money)


def feed(client: FlaskClient) -> Any:
    response = client.get(URL)
    assert response.content_type == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(response.get_data())
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10"
    return read


def test_a_feed_without_drops_is_a_feed(client: FlaskClient) -> None:
    read = feed(client)
    assert (read.entries, read.feed.title) == ([], "Price drops that crawls of AliExpress saw")
    assert read.feed.id.startswith("urn:uuid:")
    assert read.feed.updated


def test_a_drop_is_an_entry_the_newest_first(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000, "Canvas <b> & more"), shoe(2, 3000), shoe(3, 1000))
    crawl_sees(1, shoe(1, 4000, "Canvas <b> & more"), shoe(2, 3500), shoe(3, 1000))
    crawl_sees(2, shoe(2, 2500))
    first, second = feed(client).entries
    assert first.title == "25.00 USD instead of 35.00 USD: Shoe"
    assert second.title == "40.00 USD instead of 50.00 USD: Canvas <b> & more"
    assert second.link == "https://www.aliexpress.com/item/1.html"
    assert second.updated == "2026-11-02T00:00:00.000000Z"
    assert second.summary.startswith("10.00 USD less")


def test_an_entry_keeps_its_id_and_a_new_drop_is_a_new_entry(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 4000))
    (entry,) = feed(client).entries
    crawl_sees(2, shoe(1, 4500))
    assert [one.id for one in feed(client).entries] == [entry.id]
    crawl_sees(3, shoe(1, 4400))
    (newer,) = feed(client).entries
    assert newer.id != entry.id
    assert newer.title.startswith("44.00 USD instead of 45.00 USD")


def test_prices_of_two_currencies_are_not_compared(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 100, currency="EUR"))
    assert feed(client).entries == []
    crawl_sees(2, shoe(1, 4000))
    (entry,) = feed(client).entries
    assert entry.title.startswith("40.00 USD instead of 50.00 USD")


def test_what_xml_cannot_carry_is_left_out_of_a_title(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000, "Sh\x08oe \ufffe\x1b 日本"))
    crawl_sees(1, shoe(1, 4000, "Sh\x08oe \ufffe\x1b 日本"))
    (entry,) = feed(client).entries
    assert entry.title.endswith("Shoe  日本") or entry.title.endswith("Shoe 日本")


def test_deleted_products_are_not_in_the_feed(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 4000))
    Product.update(deleted_at=BEGIN).execute()
    assert feed(client).entries == []


def test_links_are_absolute_on_the_host_that_was_requested(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 4000))
    read = feedparser.parse(client.get(URL, headers={"Host": "127.0.0.1:99"}).get_data())
    here = {link.rel: link.href for link in read.feed.links}
    assert here == {"self": f"http://127.0.0.1:99{URL}", "alternate": "http://127.0.0.1:99/"}
    (entry,) = read.entries
    links = {link.rel: link.href for link in entry.links}
    assert links["related"] == "http://127.0.0.1:99/products/1"
    assert client.get(f"{URL}?x=1").status_code == 400


def test_a_product_without_a_shop_s_address_leads_to_its_own_page(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 4000))
    Product.update(url=None).execute()
    (entry,) = feed(client).entries
    assert entry.link == "http://localhost/products/1"


def test_an_unchanged_feed_is_not_sent_again(client: FlaskClient) -> None:
    crawl_sees(0, shoe(1, 5000))
    crawl_sees(1, shoe(1, 4000))
    etag = client.get(URL).headers["ETag"]
    again = client.get(URL, headers={"If-None-Match": etag})
    assert (again.status_code, again.get_data()) == (304, b"")
    crawl_sees(2, shoe(1, 3000))
    assert client.get(URL, headers={"If-None-Match": etag}).status_code == 200


def test_an_offer_for_new_shoppers_or_another_variant_is_no_drop(client: FlaskClient) -> None:
    offer = replace(shoe(1, 3000), price_condition="New shoppers save US $20")
    crawl_sees(0, replace(shoe(1, 5000), sku_id="7"), replace(shoe(2, 5000), sku_id="7"))
    crawl_sees(1, replace(offer, sku_id="7"), replace(shoe(2, 3000), sku_id="8"))
    since = {"price_dropped_since": "2026-11-01T12:00:00Z"}
    listed = client.get("/api/v1/products", query_string=since).get_json()
    assert (feed(client).entries, listed["items"]) == ([], [])
    crawl_sees(2, replace(shoe(1, 4500), sku_id="7"), replace(shoe(2, 2500), sku_id="8"))
    titles = {entry.title for entry in feed(client).entries}
    assert titles == {
        "45.00 USD instead of 50.00 USD: Shoe",
        "25.00 USD instead of 30.00 USD: Shoe",
    }
    listed = client.get("/api/v1/products", query_string=since).get_json()
    assert {item["earlier_price"] for item in listed["items"]} == {"50.00", "30.00"}
