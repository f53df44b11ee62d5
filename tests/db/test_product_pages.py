"""What a product's own page fills, and what it leaves alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.catalog import (
    ids_without_store_or_shipping,
    record_gone,
    record_product_page,
    record_sightings,
)
from db.crawls import start_crawl
from db.curation import edit_product
from db.models import Product
from db.money import Money
from db.sightings import PageFacts, Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=30)
CONDITION = "Free shipping over US $10"


def listing_says(**facts: Any) -> None:
    known: dict[str, Any] = {"aliexpress_id": "1005", "title": "Shoe", "price": Money(1999, "USD")}
    sighting = Sighting(**known | facts)
    record_sightings(start_crawl("category"), [sighting], at=NOW)


def page_says(**facts: Any) -> list[str]:
    return record_product_page("1005", PageFacts(**facts), at=NOW)


def test_the_page_fills_what_is_unknown_and_says_when_it_was_read() -> None:
    listing_says(shipping_text=CONDITION)
    page_says(
        store_name="Store",
        shipping_price=Money(299, "USD"),
        shipping_text="Shipping: US $2.99",
        star_rating=4.5,
        units_sold=7,
    )
    product = Product.get()
    assert (product.store_name, product.star_rating, product.units_sold) == ("Store", 4.5, 7)
    assert (product.shipping_price_minor, product.shipping_text) == (299, "Shipping: US $2.99")
    assert (product.price_minor, product.product_page_read_at) == (1999, NOW)


def test_what_the_listing_told_stands() -> None:
    listing_says(store_name="Listed", star_rating=4.0, units_sold=5, shipping_price=Money(0, "USD"))
    assert page_says(
        store_name="X", star_rating=1.0, units_sold=9, shipping_price=Money(5, "USD")
    ) == []  # fmt: skip


def test_a_held_field_is_not_filled() -> None:
    listing_says()
    edit_product(Product.get(), {"edited_fields": {"store_name", "shipping_price"}})
    assert page_says(store_name="X", shipping_price=Money(5, "USD")) == []


def test_shipping_in_another_currency_has_no_label_here() -> None:
    listing_says()
    assert page_says(shipping_price=Money(500, "CNY")) == []


def test_the_same_condition_again_does_not_undo_the_fee_of_the_page() -> None:
    listing_says(shipping_text=CONDITION)
    page_says(shipping_price=Money(299, "USD"), shipping_text="$2.99")
    listing_says(shipping_text=CONDITION)
    assert (Product.get().shipping_price_minor, Product.get().shipping_text) == (299, "$2.99")
    listing_says(shipping_text="Free shipping over US $20")
    assert Product.get().shipping_price_minor is None


def test_the_page_of_a_product_is_to_be_read_while_store_or_shipping_is_unknown() -> None:
    assert ids_without_store_or_shipping(["1005"], LONG_AGO) == {"1005"}
    listing_says()
    assert ids_without_store_or_shipping(["1005", "1006"], LONG_AGO) == {"1005", "1006"}
    page_says(store_name="Store", shipping_price=Money(0, "USD"))
    assert ids_without_store_or_shipping(["1005"], NOW + timedelta(days=1)) == set()


@pytest.mark.parametrize(("facts", "version"), [({}, 1), ({"star_rating": 4.5}, 2)])
def test_the_version_changes_only_if_the_page_changes_something_visible(
    facts: dict[str, Any], version: int
) -> None:
    listing_says()
    page_says(**facts)
    product = Product.get()
    assert (product.version, product.product_page_read_at) == (version, NOW)


def test_a_page_that_answered_is_not_read_again_for_a_while() -> None:
    listing_says()
    assert record_product_page("1005", None, at=NOW) == []
    assert ids_without_store_or_shipping(["1005"], NOW - timedelta(days=1)) == set()
    assert ids_without_store_or_shipping(["1005"], NOW + timedelta(days=1)) == {"1005"}


def test_the_page_of_a_deleted_product_is_not_read() -> None:
    listing_says()
    Product.update(deleted_at=NOW).execute()
    assert ids_without_store_or_shipping(["1005"], LONG_AGO) == set()
    assert page_says(store_name="X") == []
    assert Product.get().store_name is None


# Products that are gone


def test_gone_at_is_when_the_site_first_said_so_and_changes_nothing_else() -> None:
    listing_says(store_name="Store")
    for day in range(3):
        record_gone("1005", at=NOW + timedelta(days=day))
    product = Product.get()
    assert (product.gone_at, product.updated_at, product.version) == (NOW, NOW, 2)
    assert product.product_page_read_at == NOW + timedelta(days=2)
    assert (product.price_minor, product.store_name, product.last_seen_at) == (1999, "Store", NOW)


@pytest.mark.parametrize(
    "see",
    [
        pytest.param(listing_says, id="in a listing"),
        pytest.param(page_says, id="on its page"),
    ],
)
def test_a_product_that_is_seen_again_is_not_gone(see: Callable[[], object]) -> None:
    listing_says()
    record_gone("1005", at=LONG_AGO)
    see()
    product = Product.get()
    assert (product.gone_at, product.updated_at, product.version) == (None, NOW, 3)


def test_a_product_that_is_not_sold_here_is_neither_gone_nor_back() -> None:
    listing_says()
    record_product_page("1005", None, at=NOW)
    assert Product.get().gone_at is None
    record_gone("1005", at=LONG_AGO)
    record_product_page("1005", None, at=NOW)
    assert Product.get().gone_at == LONG_AGO


def test_a_deleted_or_unknown_product_is_not_marked_as_gone() -> None:
    record_gone("1005", at=NOW)
    listing_says()
    Product.update(deleted_at=NOW).execute()
    record_gone("1005", at=NOW)
    assert [product.gone_at for product in Product.select()] == [None]
