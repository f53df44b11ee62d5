"""The pipelines: raw items in, clean items or reasons out, every decision counted."""

from decimal import Decimal
from typing import Any

import pytest
from scrapy.exceptions import DropItem
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from aliscrape.items import ProductItem
from aliscrape.pipelines import (
    DuplicatesPipeline,
    IdentityPipeline,
    PricePipeline,
    StorePipeline,
    UnitsSoldPipeline,
)
from db.crawls import start_crawl
from db.database import database
from db.models import Product


@pytest.fixture
def stats() -> MemoryStatsCollector:
    return MemoryStatsCollector(get_crawler())


def item(**facts: Any) -> ProductItem:
    return ProductItem(**{"aliexpress_id": "1005", "title": "Shoe"} | facts)


D = Decimal

PRICES = [
    pytest.param(
        {"price_number": D("16.9"), "currency": "USD", "price_text": "US $99.00"},
        {"price": D("16.90"), "currency": "USD"},
        "price/number",
        id="the payload's number before its words",
    ),
    pytest.param(
        {"price_text": "US $1.68 - 1.98"},
        {"price": D("1.68"), "currency": "USD"},
        "price/text",
        id="the lower end of a range in words",
    ),
    pytest.param(
        {"price_number": D("1.234"), "currency": "USD", "price_text": "US $1.23"},
        {"price": D("1.23")},
        "price/text",
        id="words where the number is no money",
    ),
    pytest.param(
        {"price_text": "￥ 410", "currency": "JPY"},
        {"price": D(410)},
        "price/text",
        id="a shared sign on a page in yen",
    ),
    pytest.param(
        {"price_text": "€ 5,00", "currency": "USD"},
        {"price": None, "currency": "USD"},
        "price/unknown",
        id="words of another currency than the payload's",
    ),
    pytest.param(
        {"price_number": D(0), "currency": "USD", "price_text": "US $0.00"},
        {"price": None},
        "price/unknown",
        id="no shop asks nothing",
    ),
    pytest.param({"price_text": "call us"}, {"price": None}, "price/unknown", id="no price"),
    pytest.param({}, {"price": None, "currency": None}, "price/unknown", id="nothing said"),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D(9),
         "list_price_currency": "USD"},
        {"list_price": D("9.00")},
        "price/number",
        id="a struck-through price",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "list_price_number": D(9),
         "list_price_currency": "EUR"},
        {"list_price": None},
        "price/number",
        id="a struck-through price with another currency",
    ),
    pytest.param(
        {"currency": "USD", "list_price_number": D(9), "list_price_currency": "USD"},
        {"list_price": None},
        "price/unknown",
        id="a struck-through price without the one it strikes",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "Free shipping"},
        {"shipping_price": D("0.00")},
        "shipping_price/free",
        id="free shipping",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "Free shipping over US $10"},
        {"shipping_price": None},
        "shipping_price/conditional",
        id="free under a condition",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "+Shipping: $2.99"},
        {"shipping_price": D("2.99")},
        "shipping_price/fee",
        id="a fee",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "+Shipping: NT$90"},
        {"shipping_price": None, "currency": "USD"},
        "shipping_price/fee",
        id="a fee in another currency has no label in this row",
    ),
    pytest.param(
        {"price_text": "?", "shipping_text": "Shipping: US $2.99"},
        {"shipping_price": D("2.99"), "currency": "USD", "price": None},
        "shipping_price/fee",
        id="a fee beside an unreadable price",
    ),
    pytest.param(
        {"shipping_text": "Free shipping"},
        {"shipping_price": None, "currency": None},
        "shipping_price/free",
        id="zero of no currency is no money",
    ),
    pytest.param(
        {"price_number": D(5), "currency": "USD", "shipping_text": "15-day delivery"},
        {"shipping_price": None},
        "shipping_price/unsaid",
        id="words that are not about the price of shipping",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "clean", "counted"), PRICES)
def test_money_is_cleaned(
    stats: MemoryStatsCollector, raw: dict[str, Any], clean: dict[str, Any], counted: str
) -> None:
    done = PricePipeline(stats).process_item(item(**raw))
    assert {name: getattr(done, name) for name in clean} == clean
    assert stats.get_value(counted) == 1


@pytest.mark.parametrize(
    ("raw", "units_sold", "counted"),
    [
        ({"units_sold_number": 1376, "units_sold_text": "1,000+ sold"}, 1376, "units_sold/number"),
        ({"units_sold_number": 0, "units_sold_text": "0 sold"}, 0, "units_sold/number"),
        ({"units_sold_text": "1,000+ sold"}, 1000, "units_sold/text"),
        ({"units_sold_text": "Sold"}, None, "units_sold/unknown"),
        ({}, None, "units_sold/unknown"),
    ],
)
def test_the_exact_count_comes_before_the_shown_one(
    stats: MemoryStatsCollector, raw: dict[str, Any], units_sold: int | None, counted: str
) -> None:
    assert UnitsSoldPipeline(stats).process_item(item(**raw)).units_sold == units_sold
    assert stats.get_value(counted) == 1


@pytest.mark.parametrize("fact", ["aliexpress_id", "title"])
def test_what_has_no_identity_is_dropped_with_its_reason_counted(
    stats: MemoryStatsCollector, fact: str
) -> None:
    with pytest.raises(DropItem, match=fact):
        IdentityPipeline(stats).process_item(item(**{fact: None}))
    assert stats.get_value("products/dropped") == stats.get_value("products/found") == 1
    assert stats.get_value(f"products/dropped/no {fact}") == 1


def test_a_product_passes_once_in_a_run(stats: MemoryStatsCollector) -> None:
    pipeline = DuplicatesPipeline(stats)
    pipeline.process_item(item())
    pipeline.process_item(item(aliexpress_id="1006"))
    with pytest.raises(DropItem):
        pipeline.process_item(item(title="The same under another title"))
    assert stats.get_value("products/repeated") == 1


@pytest.mark.usefixtures("open_catalog")
def test_a_batch_is_stored_and_its_results_counted(stats: MemoryStatsCollector) -> None:
    stats.set_value("crawl/id", start_crawl("category"))
    pipeline = StorePipeline(stats)
    for number in ("1005", "1006"):
        pipeline.process_item(item(aliexpress_id=number, price=D("5.00"), currency="USD"))
    assert Product.select().count() == 0
    pipeline.flush()
    assert {row.price_minor for row in Product.select()} == {500}
    assert stats.get_value("products/new") == 2


@pytest.mark.usefixtures("open_catalog")
def test_a_batch_that_cannot_be_stored_is_reported(stats: MemoryStatsCollector) -> None:
    stats.set_value("crawl/id", start_crawl("category"))
    database.execute_sql("DROP TABLE observation")
    pipeline = StorePipeline(stats)
    pipeline.process_item(item())
    assert not pipeline.flush()
    assert stats.get_value("products/failed") == 1
    assert "observation" in stats.get_value("outcome/storage failed")
