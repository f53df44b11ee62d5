"""Every captured product page, served on this machine and read by the real command.

The listing names the products only, so whatever is stored of store, shipping, rating and sales
comes from the captures. What each says was read in them by eye.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browsers import needs_browser
from tests.crawls import Crawl, scrapy_crawl
from tests.listings import card, init_data, money
from tests.loopback import LoopbackSite, Reply, loopback_site
from tests.products import QUERY, shell

pytestmark = pytest.mark.sqlite  # what is read from pages; test_misleading_pages stores such facts

LISTING: Final = "/w/wholesale-everything.html"
Row = tuple[str | None, int | None, float | None, int | None]
"""Store name, shipping price in minor units, star rating, units sold."""

NOTHING: Final[Row] = (None, None, None, None)
COUNTRIES: Final = {"USD": "US", "MXN": "MX", "ILS": "IL", "JPY": "JP"}
"""Where the products of each currency's captures are to be shipped."""


@dataclass(frozen=True)
class Capture:
    """A captured page, which product it is and what it says of it."""

    name: str
    product: str
    currency: str
    row: Row


MODULES, COMPONENTS = "run_params-2023-01-modules-en-usd", "run_params-2024-03-components-es-mxn"
CAPTURES: Final = (
    Capture(f"{MODULES}-1.html", "1005001868501170", "USD", ("Jaspeer Official Store", 0, 4.6, 80)),
    Capture(f"{MODULES}-2.html", "1005002459250960", "USD", ("iCarspace Store", 0, 4.7, 7707)),
    Capture(
        f"{MODULES}-3.html", "1005002642352278", "USD", ("Fashion Outdoor Apparel Store", 0, 5.0, 5)
    ),
    Capture(f"{MODULES}-4.html", "1005003021013764", "USD", ("little bai Store", 526, 5.0, 7)),
    Capture(f"{MODULES}-5.html", "1005004074474939", "USD", ("Shop911338031 Store", 598, 5.0, 23)),
    Capture(
        f"{MODULES}-6.html",
        "1005004127343215",
        "USD",
        ("Outdoor shop 910420011 Store Store", 401, 5.0, 8),
    ),
    Capture(
        f"{MODULES}-7.html",
        "1005004421816454",
        "USD",
        ("Clothings Dropshipping Store", 185, 4.7, 33),
    ),
    Capture(f"{MODULES}-8.html", "1005004650351965", "USD", ("Fenqiqi Store", 0, 4.8, 48)),
    Capture(
        f"{COMPONENTS}-1.js",
        "1005005913925017",
        "MXN",
        ("Kitleler SportShoes Store", 5198, 4.7, 2000),
    ),
    Capture(
        f"{COMPONENTS}-2.js", "1005004787627817", "MXN", ("eachway Official Store", 3790, 4.7, 234)
    ),
    Capture(
        f"{COMPONENTS}-3.js", "1005006016288213", "MXN", ("SIMSON Choice Store", 5198, 4.3, 5000)
    ),
    Capture(
        f"{COMPONENTS}-4.js", "1005006485810735", "MXN", ("WPNAKS Official Store", None, 5.0, 86)
    ),
    Capture(
        "run_params-2024-components-he-ils.html",
        "32995535623",
        "ILS",
        ("AILIHU Life Store", 0, 4.7, 3000),
    ),
    Capture(
        "mtop_pdp-2026-09-ja-jpy-trimmed.json",
        "1005008812285251",
        "JPY",
        ("Shop1103815087 Store", 0, 4.6, 1000),
    ),
    Capture(
        "mtop_pdp-2026-10-trimmed.json",
        "1005000000000001",
        "USD",
        ("Ugreen Official Store", 199, 4.9, 50000),
    ),
    Capture("csr_shell-2024-08.html", "1005000000000002", "USD", NOTHING),
    Capture("csr_shell-2025-07-product-not-found.html", "1005000000000003", "USD", NOTHING),
)


SCRIPT: Final = "application/javascript"


def listed(capture: Capture) -> dict[str, Any]:
    """Return a card that names the product and its price, in the page's currency, and no more."""
    price = money(100, capture.currency, f"{capture.currency} 100")
    prices = {"salePrice": price}
    return card(capture.product, prices=prices)


def page(capture: Capture, text: str, query_host: str) -> str:
    """Return what is served at the product's address: the page, its data script, or a shell."""
    if capture.name.endswith(".json"):
        return shell(capture.product, query_host)
    return f"<!DOCTYPE html><script>{text}</script>" if capture.name.endswith(".js") else text


def text_of(captures: Path, capture: Capture) -> str:
    return (captures / "detail" / capture.name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(captures: Path) -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        for capture in CAPTURES:
            text = text_of(captures, capture)
            served.pages[f"/item/{capture.product}.html"] = page(capture, text, served.url)

        def reply() -> Reply:
            asked = served.asked[-1].path
            [capture] = [capture for capture in CAPTURES if capture.product in asked]
            return Reply(f"mtopjsonp1({text_of(captures, capture)})", content_type=SCRIPT)

        served.pages[QUERY] = reply
        yield served


@dataclass(frozen=True)
class ReadPages:
    """A crawl that read all captures, and what it stored by product."""

    crawl: Crawl
    rows: dict[str, Row]


@pytest.fixture(scope="module")
def read_pages(
    site: LoopbackSite, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, ReadPages]:
    """One crawl for each country, which the pages were saved for."""
    return {
        country: crawl_pages(site, country, tmp_path_factory.mktemp(country))
        for country in COUNTRIES.values()
    }


def crawl_pages(site: LoopbackSite, country: str, folder: Path) -> ReadPages:
    own = [capture for capture in CAPTURES if COUNTRIES[capture.currency] == country]
    site.pages[LISTING] = init_data([listed(capture) for capture in own])
    database = folder / "aliscrape.db"
    mine = {"SITE_URL": site.url, "DATABASE_URL": f"sqlite:///{database}"}
    mine |= {"ALIEXPRESS_REGION": country}
    listing = f"url={site.url}{LISTING}"
    options = ("-a", listing, "-a", "max_pages=1", "-a", "details=auto")
    crawl = scrapy_crawl("category", *options, **mine)
    with sqlite3.connect(database) as connection:
        stored = connection.execute(
            "SELECT aliexpress_id, store_name, shipping_price_minor, star_rating, units_sold"
            " FROM product"
        ).fetchall()
    return ReadPages(crawl, {number: tuple(facts) for number, *facts in stored})


def test_no_capture_is_forgotten(captures: Path) -> None:
    there = sorted(path.name for path in (captures / "detail").iterdir())
    assert there == sorted(capture.name for capture in CAPTURES)


@needs_browser
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
def test_a_captured_product_page_fills_what_it_says_and_no_more(
    read_pages: dict[str, ReadPages], capture: Capture
) -> None:
    read = read_pages[COUNTRIES[capture.currency]]
    assert read.rows[capture.product] == capture.row, read.crawl.log


@needs_browser
def test_shells_that_are_never_answered_make_the_crawl_partial(
    read_pages: dict[str, ReadPages],
) -> None:
    crawl = read_pages["US"].crawl
    assert crawl.exit_code == 3, crawl.log
    assert "11 product pages" in crawl.last_line
