"""Which prices compare: same currency, same condition whatever its amounts, same variant."""

import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from db.catalog import Recorded, record_sightings
from db.comparable_prices import condition_key
from db.crawls import start_crawl
from db.curation import edit_product
from db.database import close_database, open_database
from db.models import Observation, Product
from db.money import Money
from db.sightings import Sighting

NEW, OLD = "New shoppers save US $5", "New shoppers save $12.57"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NEW, OLD),
        ("New shoppers save £3.00", "New shoppers save 1 234,50 €"),
        ("-$10.08 · Nuevo comprador", "-US $0,2 · Nuevo comprador"),
        ("ご新規さま1,095円お得", "ご新規さま852円お得"),
        ("Nuevo comprador -MXN$51,98", "Nuevo comprador -MXN$1.034,89"),
    ],
)
def test_a_condition_is_the_same_whatever_its_amounts(one: str, other: str) -> None:
    assert condition_key(one) == condition_key(other) != ""


def test_other_words_are_another_condition() -> None:
    keys = {condition_key(text) for text in (None, NEW, "Nuevo comprador", "Members save $5")}
    assert len(keys) == 4


def seen(price: int, **facts: Any) -> Sighting:
    return Sighting(aliexpress_id="1005", title="Shoe", price=Money(price, "USD"), **facts)


def record(*sightings: Sighting) -> list[Recorded]:
    """Record sightings, each by a crawl of its own day."""
    days = count()
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        record_sightings(start_crawl("category"), [one], begin + timedelta(days=next(days)))[0]
        for one in sightings
    ]


DROPS = [
    pytest.param([seen(9), seen(8)], True, id="the same buyers and variant"),
    pytest.param([seen(9), seen(8, price_condition=NEW)], False, id="for new shoppers only"),
    pytest.param(
        [seen(9), seen(5, price_condition=NEW), seen(8)], True, id="back to all, and lower"
    ),
    pytest.param([seen(9), seen(5, price_condition=NEW), seen(9)], False, id="back to all"),
    pytest.param(
        [seen(9, price_condition=NEW), seen(8, price_condition=OLD)], True, id="other amounts"
    ),
    pytest.param([seen(9, sku_id="1"), seen(8, sku_id="2")], False, id="another variant"),
    pytest.param([seen(9), seen(8, sku_id="2")], True, id="a variant that was not known"),
    pytest.param(
        [seen(9, sku_id="1"), seen(3, sku_id="2"), seen(8, sku_id="1")], True, id="back to it"
    ),
]


@pytest.mark.usefixtures("open_catalog")
@pytest.mark.parametrize(("sightings", "dropped"), DROPS)
def test_a_price_drop_compares_with_the_latest_comparable_price(
    sightings: list[Sighting], *, dropped: bool
) -> None:
    record(*sightings)
    last_seen_at = Product.get().last_seen_at
    assert (Product.get().price_dropped_at == last_seen_at) is dropped


@pytest.mark.usefixtures("open_catalog")
def test_condition_and_variant_are_stored_observed_and_cleared() -> None:
    same = seen(9, price_condition=OLD, sku_id="1")
    first = seen(9, price_condition=NEW, sku_id="1")
    recorded = record(first, same, seen(9, sku_id="1"), seen(9, sku_id="2"))
    assert recorded == [Recorded.NEW, Recorded.CHANGED, Recorded.CHANGED, Recorded.CHANGED]
    rows = [(row.price_condition, row.sku_id) for row in Observation.select()]
    assert rows == [(NEW, "1"), (None, "1"), (None, "2")]
    assert (Product.get().price_condition, Product.get().sku_id) == (None, "2")


@pytest.mark.usefixtures("open_catalog")
def test_a_price_set_by_hand_has_no_condition_and_no_variant() -> None:
    record(seen(9, price_condition=NEW, sku_id="1"))
    assert edit_product(Product.get(), {"price": Money(500, "USD").amount})
    product = Product.get()
    assert (product.price_minor, product.price_condition, product.sku_id) == (500, None, None)


@pytest.mark.sqlite  # these migrations have never run on Postgres
def test_an_older_database_keeps_its_rows(database_url: str) -> None:
    path = database_url.removeprefix("sqlite:///")
    open_database(database_url)
    record(seen(9), seen(8))
    close_database()
    with sqlite3.connect(path) as older:
        for table in ("product", "observation"):
            for column in ("price_condition", "condition_key", "sku_id"):
                older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        older.execute("DELETE FROM schema_migration WHERE name LIKE '0009%'")
    open_database(database_url)
    prices = [row.price_minor for row in Observation.select()]
    assert (prices, Product.get().price_minor, Product.get().sku_id) == ([9, 8], 8, None)
    assert record(seen(7, sku_id="1")) == [Recorded.CHANGED]
    close_database()
