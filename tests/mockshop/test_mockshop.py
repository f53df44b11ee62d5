"""Compare the mock shop's pages with real ones, key by key."""

import json
import socket
import sqlite3
import struct
import threading
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from scrapy.http import HtmlResponse

from aliscrape.pages.listing.layouts import InitDataListing, read_listing
from aliscrape.site import Site
from db.identifiers import US_MIRROR_OFFSET
from tests.browsers import needs_browser
from tests.crawls import scrapy_crawl
from tests.mockshop.catalogue import BEST_SELLERS, SHOES, ranking
from tests.mockshop.pages import CASUAL_SHOES, PICTURES, Visitor
from tests.mockshop.product_pages import BY_ID, ODD, REMOVED, SLOW, page_shipping
from tests.mockshop.server import MockShop, open_shop

pytestmark = pytest.mark.sqlite  # what the shop shows, whatever the database is

US_COOKIE = "aep_usuc_f=site=glo&c_tp=USD&region=US&b_locale=en_US"
SPANISH_COOKIE = "aep_usuc_f=site=glo&c_tp=EUR&region=ES&b_locale=es_ES"


def fields_of(html: str) -> Any:
    return InitDataListing.find(html, None)


def page(cookie: str = US_COOKIE, number: int = 1, day: int = 1) -> Any:
    answer = MockShop(day, "http://127.0.0.1:1").answer(f"{CASUAL_SHOES}?page={number}", cookie)
    assert answer is not None
    return fields_of(answer.body)


def cards(cookie: str = US_COOKIE, number: int = 1, day: int = 1) -> list[Any]:
    content: list[Any] = page(cookie, number, day)["mods"]["itemList"]["content"]
    return content


# The same shape as real pages


class Recorder(dict[str, Any]):
    """A payload object that records each key read from it, by path and type."""

    noted: dict[str, set[str]]

    def __init__(self, value: dict[str, Any], path: str, noted: dict[str, set[str]]) -> None:
        super().__init__(
            {key: record(inner, f"{path}.{key}", noted) for key, inner in value.items()}
        )
        self.path, self.noted = path, noted

    def get(self, key: str, default: Any = None) -> Any:
        value = super().get(key, default)
        if value is not None:
            self.noted.setdefault(f"{self.path}.{key}", set()).add(kind(value))
        return value


def record(value: Any, path: str, noted: dict[str, set[str]]) -> Any:
    if isinstance(value, dict):
        return Recorder(value, path, noted)
    if isinstance(value, list):
        return [record(inner, f"{path}[]", noted) for inner in value]
    return value


def kind(value: Any) -> str:
    """Return the type of a value as JSON has it."""
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list | str):
        return type(value).__name__
    return "number"


def read_keys(html: str) -> dict[str, set[str]]:
    """Return every key that our page objects read on a page, with the types of its values."""
    noted: dict[str, set[str]] = {}
    listing = InitDataListing(record(fields_of(html), "", noted), Site.at("http://127.0.0.1:1"))
    assert listing.info.number is not None
    assert listing.items()
    return noted


def test_every_key_that_is_read_stands_in_real_pages_with_the_same_type(captures: Path) -> None:
    real: dict[str, set[str]] = {}
    for path in (captures / "listing").glob("init_data-*.html"):
        for key, kinds in read_keys(path.read_text(encoding="utf-8")).items():
            real.setdefault(key, set()).update(kinds)
    for cookie in (US_COOKIE, SPANISH_COOKIE):
        answer = MockShop(1, "http://127.0.0.1:1").answer(CASUAL_SHOES, cookie)
        assert answer is not None
        for key, kinds in read_keys(answer.body).items():
            assert kinds <= real.get(key, set()), key


def test_a_page_has_the_decoys_of_real_ones() -> None:
    answer = MockShop(1, "http://127.0.0.1:1").answer(CASUAL_SHOES, US_COOKIE)
    assert answer is not None
    assert answer.body.count("_init_data_") > 2
    assert "_____tmd_____%2Fpunish" in answer.body
    response = HtmlResponse("http://127.0.0.1:1/x", body=answer.body, encoding="utf-8")
    assert len(read_listing(response, Site.at("http://127.0.0.1:1")).items()) == 60


# What makes it worth crawling


def test_visitors_from_the_us_see_other_ids_and_hardly_a_store() -> None:
    for ours, theirs in zip(cards(SPANISH_COOKIE), cards(US_COOKIE), strict=True):
        assert int(theirs["productId"]) == int(ours["productId"]) + US_MIRROR_OFFSET
        assert "store" not in theirs
    assert any("store" in card for card in cards(SPANISH_COOKIE))
    assert any("p4pExtendParam" in card["trace"]["custom"] for card in cards())


@pytest.mark.parametrize(
    ("cookie", "currency"),
    [(US_COOKIE, "USD"), (SPANISH_COOKIE, "EUR"), ("", "USD"), ("aep_usuc_f=c_tp=JPY", "JPY")],
)
def test_the_locale_cookie_decides_the_currency(cookie: str, currency: str) -> None:
    assert Visitor.of(cookie).currency == currency
    found = {card["prices"]["salePrice"]["currencyCode"] for card in cards(cookie)}
    assert found == {currency}


def test_something_is_missing_on_some_and_there_on_others() -> None:
    for key in ("evaluation", "trade"):
        assert 0 < sum(key in card for card in cards()) < 60
    sources = [{tag.get("source") for tag in card["sellingPoints"]} for card in cards()]
    for source in ("Free_Shipping_atm", "Shipping_Fee_atm", "platformFreeShipping_atm"):
        assert 0 < sum(source in found for found in sources) < 60


def test_prices_and_ranks_drift_but_the_best_sellers_stay_in_front() -> None:
    days = [ranking(day) for day in range(1, 6)]
    assert len({tuple(shoe.number for shoe in day) for day in days}) == 5
    for day in days:
        assert {shoe.number for shoe in day[:BEST_SELLERS]} == set(range(BEST_SELLERS))
    for shoe in SHOES[:BEST_SELLERS]:
        assert len({shoe.price(day) for day in range(1, 30)}) > 1


def test_the_same_day_is_always_the_same() -> None:
    assert page(day=3) == page(day=3)
    assert page(day=3) != page(day=4)


def test_pages_overlap_and_end() -> None:
    first = {card["productId"] for card in cards(number=1)}
    second = {card["productId"] for card in cards(number=2)}
    assert first & second
    assert second - first
    assert cards(number=3) == []


def test_every_shoe_has_a_picture_of_its_own() -> None:
    with open_shop() as shop:
        drawn = set()
        for path in PICTURES:
            with urlopen(shop.url + path) as answer:  # on this machine
                assert answer.headers["Content-Type"] == "image/svg+xml"
                drawn.add(answer.read())
    assert len(drawn) == len(SHOES)


def test_titles_differ_enough_to_tell_shoes_apart() -> None:
    assert len({shoe.title for shoe in SHOES[:BEST_SELLERS]}) == BEST_SELLERS


# The whole main job


def test_the_mission_can_be_run_against_it_day_after_day(database_url: str) -> None:
    with open_shop() as shop:
        for day in (1, 2, 3):
            shop.day = day
            variables = {"SITE_URL": shop.url, "DATABASE_URL": database_url}
            crawl = scrapy_crawl("casual_shoes", **variables)
            assert crawl.exit_code == 0, crawl.log
        assert shop.asked[:4] == [
            "/robots.txt",
            "/all-wholesale-products.html",
            "/category/200131145/mens-shoes.html",
            CASUAL_SHOES,
        ]
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        products = connection.execute("SELECT aliexpress_id, category FROM product").fetchall()
        observations = connection.execute("SELECT COUNT(*) FROM observation").fetchone()[0]
    assert {int(number) for number, _ in products} == {shoe.id for shoe in SHOES[:BEST_SELLERS]}
    assert {path for _, path in products} == {"Bags & Shoes > Men's Shoes > Casual Shoes"}
    assert observations > len(products)


@needs_browser
@pytest.mark.long
def test_every_fact_that_its_product_pages_give_is_stored_and_no_page_is_read_twice(
    database_url: str,
) -> None:
    with open_shop() as shop:
        variables = {"SITE_URL": shop.url, "DATABASE_URL": database_url}
        first = scrapy_crawl("casual_shoes", "-a", "details=auto", **variables)
        assert first.exit_code == 0, first.log
        asked_first = [path for path in shop.asked if path.startswith("/item/")]
        shop.asked.clear()
        second = scrapy_crawl("casual_shoes", "-a", "details=auto", **variables)
        assert second.exit_code == 0, second.log
        asked_again = [path for path in shop.asked if path.startswith("/item/")]
    assert len(asked_first) == len(set(asked_first)) > 0
    assert asked_again == []
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        stored = connection.execute(
            "SELECT aliexpress_id, store_name, shipping_price_minor FROM product"
        ).fetchall()
    for number, store, cents in stored:
        sold = BY_ID[number]
        if sold.number in REMOVED:
            assert store is None
            continue
        shipping = page_shipping(sold)
        assert store == sold.store
        assert cents == (None if shipping is None else round(shipping * 100))


@needs_browser
@pytest.mark.long
def test_its_odd_product_pages_fill_nothing_but_the_slow_one(database_url: str) -> None:
    with open_shop() as shop:
        variables = {"SITE_URL": shop.url, "DATABASE_URL": database_url}
        options = ("-a", "limit=60", "-a", "details=auto")
        crawl = scrapy_crawl("casual_shoes", *options, **variables)
    assert crawl.exit_code == 3, crawl.log
    with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
        stores = dict(connection.execute("SELECT aliexpress_id, store_name FROM product"))
    for number, store in stores.items():
        sold = BY_ID[number]
        assert store == (None if sold.number in ODD - SLOW else sold.store)


def test_its_search_finds_shoes_by_their_titles() -> None:
    answer = MockShop(1, "http://127.0.0.1:1").answer("/w/wholesale-men-casual-shoes.html", "")
    assert answer is not None
    assert len(fields_of(answer.body)["mods"]["itemList"]["content"]) == 60
    none = MockShop().answer("/w/wholesale-umbrellas.html", "")
    assert none is not None
    assert json.dumps(fields_of(none.body)["mods"]["itemList"]["content"]) == "[]"


def test_what_it_does_not_have_is_not_there() -> None:
    assert MockShop().answer("/nothing.html", "") is None


def test_a_closed_connection_prints_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A browser that is closed ends its connections. The demo would print a traceback."""
    with open_shop() as shop:
        with socket.create_connection(("127.0.0.1", int(shop.url.rpartition(":")[2]))) as client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            # closed with a reset, not with a farewell
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with urlopen(f"{shop.url}/robots.txt", timeout=10) as answer:
            assert answer.status == 200  # it is still open
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join(10)
    assert capfd.readouterr().err == ""
