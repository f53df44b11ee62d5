"""Every captured listing, served on this machine, crawled by the real command, read by the API.

What each card means is worked out here once more, in the plainest way that serves these files, so
that two readings have to agree on every fact of every product.
"""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from scrapy.http import HtmlResponse

from aliscrape.pages.listing.layouts import read_listing
from aliscrape.redaction import without_visitor
from aliscrape.site import ALIEXPRESS, Site
from tests.crawls import scrapy_crawl
from tests.listings import Card, init_data
from tests.loopback import LoopbackSite, Reply, loopback_site
from webapi import create_app

pytestmark = pytest.mark.sqlite  # what pages say, whatever the database is

OFFSET = 2**51
SITE = Site.at(ALIEXPRESS)
Listing = list[list[Card]]
"""The cards of a listing, page by page."""

FACTS = ("aliexpress_id", "title", "url", "image_url", "currency", "price", "list_price",
         "shipping_price", "star_rating", "units_sold", "store_name")  # fmt: skip
ALWAYS = ("aliexpress_id", "title", "url", "image_url", "currency", "price")


def html_payload(text: str) -> Any:
    found = re.search(r"_init_data_\s*=\s*\{\s*data:\s*", text)
    start = (
        found.end() if found else text.rindex("window.runParams = {") + len("window.runParams = ")
    )
    return json.JSONDecoder(parse_float=Decimal).raw_decode(text, start)[0]


def cards_of_html(text: str) -> Listing:
    payload = html_payload(text)
    if "items" in payload:
        return [payload["items"]]
    return [payload["data"]["root"]["fields"]["mods"]["itemList"]["content"]]


def cards_of_json(text: str) -> Listing:
    payload = json.loads(text, parse_float=Decimal)
    if isinstance(payload, list):
        return [payload[start : start + 60] for start in range(0, len(payload), 60)]
    if "items" in payload:
        return [payload["items"]]
    if "content" in payload:
        return [payload["content"]]
    return [payload["data"]["result"]["mods"]["itemList"]["content"]]


def is_only_cards(text: str) -> bool:
    return re.match(r'\s*(\[|\{\s*"content")', text) is not None


# What a card means


def meaning(card: Card, site: str, currency: str) -> dict[str, Any]:
    read = newer_meaning if isinstance(card["title"], dict) else flat_meaning
    number = int(card["productId"])
    number -= OFFSET if number > OFFSET else 0
    return {
        "aliexpress_id": str(number),
        "url": f"{site}/item/{number}.html",
        **read(card, currency),
    }


def newer_meaning(card: Card, currency: str) -> dict[str, Any]:
    tracked = card["trace"].get("utLogMap", {})
    prices = card.get("prices", {})
    sale, struck = prices.get("salePrice"), prices.get("originalPrice")
    if sale:
        currency, price = sale["currencyCode"], Decimal(sale["minPrice"])
    else:
        price = Decimal(tracked["salePriceAmount"]) / (1 if currency == "JPY" else 100)
    same = struck and struck["currencyCode"] == currency
    ad = json.loads(card["trace"].get("custom", {}).get("p4pExtendParam", "{}"))
    return {
        "title": " ".join(card["title"]["displayTitle"].split()),
        "image_url": "https:" + card["image"]["imgUrl"],
        "currency": currency,
        "price": shown(price, currency),
        "list_price": shown(Decimal(struck["minPrice"]), currency) if same else None,
        "shipping_price": shipping(
            [point["tagContent"].get("tagText") for point in card.get("sellingPoints", [])]
        ),
        "star_rating": float(card["evaluation"]["starRating"]) if card.get("evaluation") else None,
        "units_sold": int(tracked["real_trade_count"]) if "trade" in card else None,
        "store_name": card.get("store", {}).get("storeName") or ad.get("store_name") or None,
    }


def flat_meaning(card: Card, _currency: str) -> dict[str, Any]:
    price = re.fullmatch(r"US \$([\d,.]+)(?: - [\d,.]+)?", card["price"])
    assert price is not None
    sold = card.get("tradeDesc")
    return {
        "title": " ".join(card["title"].split()),
        "image_url": "https:" + card["imageUrl"],
        "currency": "USD",
        "price": shown(Decimal(price[1].replace(",", "")), "USD"),
        "list_price": None,
        "shipping_price": shipping([card["logisticsDesc"]]),
        "star_rating": float(card["starRating"]) if "starRating" in card else None,
        "units_sold": int(sold.removesuffix(" Sold")) if sold else None,
        "store_name": card["store"]["storeName"],
    }


def shown(amount: Decimal, currency: str) -> str:
    return f"{amount:.0f}" if currency == "JPY" else f"{amount:.2f}"


def shipping(tags: list[str | None]) -> str | None:
    for tag in tags:
        fee = re.fullmatch(r"(?:\+s|S)hipping: (?:US )?\$([\d.]+)", tag or "")
        if fee:
            return shown(Decimal(fee[1]), "USD")
    return "0.00" if {"Free shipping", "Free Shipping"} & set(tags) else None


# From capture to API


@pytest.fixture
def served(captures: Path) -> Iterator[Callable[[str], tuple[LoopbackSite, Listing]]]:
    """Serve a capture at /listing.html, as it is or, where it is only cards, as a page.

    A whole page claims more products than the one page that was saved of its listing.
    """
    with loopback_site({}) as site:

        def serve(name: str) -> tuple[LoopbackSite, Listing]:
            text = (captures / "listing" / name).read_text(encoding="utf-8")
            read = cards_of_json if name.endswith(".json") else cards_of_html
            pages = read(text)
            if is_only_cards(text):
                plain = json.loads(json.dumps(pages, default=float))
                for number, cards in enumerate(plain, start=1):
                    site.pages[f"/listing.html?page={number}"] = init_data(cards, number)
                site.pages["/listing.html"] = site.pages["/listing.html?page=1"]
                site.pages[f"/listing.html?page={len(pages) + 1}"] = init_data([], len(pages) + 1)
            else:
                kind = "application/json" if name.endswith(".json") else "text/html; charset=utf-8"
                site.pages["/listing.html"] = Reply(text, content_type=kind)
            return site, pages

        yield serve


def crawl(site: LoopbackSite, database_url: str) -> int:
    variables = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    listing = f"url={site.url}/listing.html"
    return scrapy_crawl("category", "-a", listing, "-a", "limit=500", **variables).exit_code


def products(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    link = "/api/v1/products?limit=100"
    while link:
        body = client.get(link).get_json()
        found += body["items"]
        link = body["next"]
    return found


def listings(captures: Path) -> list[str]:
    return sorted(path.name for path in (captures / "listing").iterdir())


LISTINGS = [
    "glosearch-2020-05-short-last-page.json",
    "init_data-2024-11-en-usd-saved-by-browser.html",
    "init_data-2024-11-stale-page-2-holds-page-1.html",
    "init_data-2025-03-en-usd-raw-http.html",
    "init_data-2025-06-en-usd-us-host-no-store.html",
    "item_list-2024-09-sneakers.json",
    "items-2025-12-category-3-pages-no-store.json",
    "run_params-2020-05-en-usd.html",
    "search_xhr-2026-09-ja-jpy-trimmed.json",
]
EMPTY = "glosearch-2020-05-empty-result.json"


def test_no_capture_is_forgotten(captures: Path) -> None:
    assert listings(captures) == sorted([*LISTINGS, EMPTY])


@pytest.mark.parametrize("name", LISTINGS)
def test_a_captured_listing_comes_back_with_every_fact_right(
    served: Callable[[str], tuple[LoopbackSite, Listing]], name: str, database_url: str
) -> None:
    site, pages = served(name)
    currency = "JPY" if "jpy" in name else "USD"
    expected: dict[str, dict[str, Any]] = {}
    for card in (card for cards in pages for card in cards):
        product = meaning(card, site.url, currency)
        expected.setdefault(product["aliexpress_id"], product)

    exit_code = 0 if f"/listing.html?page={len(pages)}" in site.pages else 3
    assert crawl(site, database_url) == exit_code
    client = create_app({"DATABASE_URL": database_url}).test_client()
    stored = {product["aliexpress_id"]: product for product in products(client)}

    assert list(stored) == list(expected)
    for number, product in expected.items():
        assert {fact: stored[number][fact] for fact in FACTS} == product
        assert None not in [product[fact] for fact in ALWAYS]
    assert crawl(site, database_url) == exit_code
    assert client.get("/api/v1/products").get_json()["total"] == len(expected)


@pytest.mark.parametrize(
    ("folder", "name", "exit_code"),
    [
        ("block", "captcha_page-2026-04-ko.html", 5),
        ("block", "captcha_shell-2025-10.html", 5),
        ("block", "mtop_punish-2026-10-trimmed.json", 5),
        ("detail", "csr_shell-2024-08.html", 6),
        ("detail", "csr_shell-2025-07-product-not-found.html", 6),
        ("listing", EMPTY, 4),
    ],
)
def test_a_captured_page_that_is_no_listing_stores_nothing(
    captures: Path, database_url: str, folder: str, name: str, exit_code: int
) -> None:
    body = (captures / folder / name).read_text(encoding="utf-8")
    kind = "application/json" if name.endswith(".json") else "text/html; charset=utf-8"
    with loopback_site({"/listing.html": Reply(body, content_type=kind)}) as site:
        assert crawl(site, database_url) == exit_code
        client = create_app({"DATABASE_URL": database_url}).test_client()
        assert client.get("/api/v1/products").get_json()["total"] == 0
        site.pages["/listing.html"] = init_data(
            [{"productId": "7", "title": {"displayTitle": "A"}}]
        )
        assert crawl(site, database_url) == 0
        before = client.get("/api/v1/products").get_data()
        site.pages["/listing.html"] = Reply(body, content_type=kind)
        assert crawl(site, database_url) == exit_code
        assert client.get("/api/v1/products").get_data() == before


@pytest.mark.parametrize("name", [name for name in LISTINGS if not name.startswith("item")])
def test_a_captured_page_that_is_kept_still_reads_the_same(captures: Path, name: str) -> None:
    body = (captures / "listing" / name).read_bytes()
    before, after = (
        read_listing(HtmlResponse("https://x.aliexpress.com", body=text, encoding="utf-8"), SITE)
        for text in (body, without_visitor(body.decode()).encode())
    )
    assert before.items() == after.items() != []
