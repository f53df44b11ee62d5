"""`-O products.csv`: one row per product, complete with what its product page says."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from aliscrape.exporters import complete
from aliscrape.items import ProductItem, ProductPageItem
from tests.browsers import needs_browser
from tests.crawls import scrapy_crawl
from tests.listings import card, init_data, tag
from tests.loopback import LoopbackSite, loopback_site
from tests.products import FREE, fee, modules_page

LISTING = "/w/wholesale-men-casual-shoes.html"
Row = dict[str, Any]


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    known = card(
        "2", store={"storeName": "Listed"}, sellingPoints=[tag("Free shipping")], image=None
    )
    pages = {
        LISTING: init_data([card("1"), known, card("3"), card("1"), card("4")]),
        "/item/1.html": modules_page(1, "Page Store", fee(1.99)),
        "/item/3.html": modules_page(3, None, FREE),
    }
    with loopback_site(pages) as served:
        yield served


def csv_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]


def json_rows(path: Path) -> list[Row]:
    rows: list[Row] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def line_rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def xml_rows(path: Path) -> list[Row]:
    root = ET.parse(path).getroot()  # noqa: S314  # written by the test
    return [{field.tag: field.text for field in item} for item in root]


READERS = {"csv": csv_rows, "json": json_rows, "jsonl": line_rows, "xml": xml_rows}


@needs_browser
def test_every_format_has_one_complete_row_per_product(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    variables = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    feeds = [option for name in READERS for option in ("-O", str(tmp_path / f"products.{name}"))]
    options = ("-a", f"url={site.url}{LISTING}", "-a", "max_pages=1", "-a", "details=auto")
    done = scrapy_crawl("category", *options, *feeds, **variables)
    assert done.exit_code == 0, done.log
    for name, read in READERS.items():
        rows = read(tmp_path / f"products.{name}")
        facts = [(r["aliexpress_id"], r["store_name"], r["shipping_price"]) for r in rows]
        assert facts == [
            ("1", "Page Store", "1.99"),
            ("2", "Listed", "0.00"),
            ("3", None, "0.00"),
            ("4", None, None),
        ], name
        assert [row["image_url"] is None for row in rows] == [False, True, False, False], name
        assert {str(row["units_sold"]) for row in rows} == {"80", "None"}, name


PAGE: Row = {
    "store_name": "Page Store",
    "shipping_price": Decimal("1.99"),
    "shipping_text": "$1.99",
    "star_rating": Decimal("4.5"),
    "units_sold": 80,
    "units_sold_text": "80",
    "currency": "USD",
}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        pytest.param({"currency": "USD"}, PAGE, id="unknown facts are filled"),
        pytest.param({}, PAGE, id="with their currency"),
        pytest.param(
            {"currency": "EUR"},
            PAGE | {"shipping_price": None, "shipping_text": None, "currency": "EUR"},
            id="but no amount of another currency",
        ),
        pytest.param(
            {"store_name": "Listed", "shipping_price": Decimal(0), "currency": "USD"},
            PAGE | {"store_name": "Listed", "shipping_price": Decimal(0), "shipping_text": None},
            id="what the listing says stays",
        ),
    ],
)
def test_a_product_page_completes_a_row_as_it_does_in_the_database(
    listed: Row, expected: Row
) -> None:
    product = ProductItem(aliexpress_id="1", title="Shoe", **listed)
    complete(product, ProductPageItem(aliexpress_id="1", **PAGE))
    assert {name: getattr(product, name) for name in expected} == expected
