"""Products that no listing shows: which are followed, in which order, and what pages change."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.catalog import Recorded, record_followed_page, record_gone, record_sightings
from db.crawls import start_crawl
from db.models import Observation, Product
from db.money import Money
from db.sightings import PageFacts, Sighting
from db.unlisted import count_unlisted, listed_product, unlisted_products

pytestmark = pytest.mark.usefixtures("open_catalog")

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def listed(days_ago: float, *ids: str, **facts: Any) -> None:
    seen = [Sighting(**{"aliexpress_id": name, "title": "Shoe"} | facts) for name in ids]
    at = NOW - timedelta(days=days_ago)
    record_sightings(start_crawl("category", at=at), seen, at=at)


def followed(days_ago: float = 0, number: str = "1", **facts: Any) -> Recorded:
    at = NOW - timedelta(days=days_ago)
    return record_followed_page(start_crawl("tracked", at=at), number, PageFacts(**facts), at=at)


def to_follow(limit: int = 25) -> list[str | None]:
    return [product.aliexpress_id for product in unlisted_products(NOW, limit)]


# Which products are followed


def test_those_that_no_listing_showed_for_two_days_longest_unseen_first() -> None:
    listed(2.01, "1")
    listed(9, "2", "3")
    listed(1.99, "4")
    assert to_follow() == ["2", "3", "1"]
    assert (to_follow(1), count_unlisted(NOW)) == (["2"], 3)


def test_a_page_that_was_read_makes_no_listing_of_it() -> None:
    listed(9, "1")
    listed(5, "2")
    followed(0)
    assert to_follow() == ["2", "1"]
    listed(0, "1")
    assert to_follow() == ["2"]


def test_products_that_are_gone_do_not_keep_the_others_waiting() -> None:
    listed(9, "1", "2")
    listed(5, "3")
    record_gone("1", at=NOW - timedelta(days=1))
    record_gone("2", at=NOW - timedelta(days=2))
    assert to_follow() == ["3", "2", "1"]


def test_deleted_products_and_those_without_an_id_are_not_followed() -> None:
    listed(9, "1")
    Product.update(deleted_at=NOW).execute()
    Product.create(title="By hand", created_at=NOW, updated_at=NOW)
    assert (to_follow(), count_unlisted(NOW)) == ([], 0)
    assert followed() == Recorded.IGNORED


def test_a_product_by_hand_that_no_listing_has_shown_is_followed_first() -> None:
    listed(9, "1")
    Product.create(aliexpress_id="2", title="By hand", created_at=NOW, updated_at=NOW)
    assert to_follow() == ["2", "1"]


def test_the_product_to_compare_with_is_of_the_last_listing() -> None:
    listed(9, "1")
    listed(1, "2", "3")
    Product.update(product_page_read_at=NOW).where(Product.aliexpress_id == "2").execute()
    found = listed_product([])
    assert found is not None
    assert found.aliexpress_id == "3"
    assert listed_product([product.id for product in Product.select()]) is None


# What their pages change


def test_what_the_page_says_is_an_observation_like_any_other() -> None:
    listed(9, "1", price=usd(2000), sku_id="11", star_rating=4.0, store_name="Store")
    result = followed(price=usd(1500), sku_id="11", star_rating=4.5, shipping_price=usd(0))
    product = Product.get()
    assert (result, product.price_minor, product.star_rating) == (Recorded.CHANGED, 1500, 4.5)
    assert (product.price_dropped_at, product.last_seen_at) == (NOW, NOW)
    assert (product.product_page_read_at, product.shipping_price_minor) == (NOW, 0)
    assert [seen.price_minor for seen in Observation.select()] == [2000, 1500]
    assert followed(price=usd(1500), sku_id="11", star_rating=4.5, shipping_price=usd(0)) == (
        Recorded.UNCHANGED
    )


def test_a_page_without_a_price_keeps_the_known_one() -> None:
    listed(9, "1", price=usd(2000), price_text="US $20.00")
    followed(star_rating=4.5)
    product = Product.get()
    assert (product.price_minor, product.price_text, product.star_rating) == (
        2000,
        "US $20.00",
        4.5,
    )


@pytest.mark.parametrize(("stated", "stored"), [(1000, 1376), (2000, 2000), (None, 1376)])
def test_a_rounded_count_says_nothing_unless_it_is_higher(stated: int | None, stored: int) -> None:
    listed(9, "1", units_sold=1376, units_sold_text="1,000+ sold")
    followed(units_sold=stated, units_sold_text="1,000+ sold")
    assert Product.get().units_sold == stored


def test_the_store_of_a_page_fills_an_unknown_one_only() -> None:
    listed(9, "1", store_name="Store")
    listed(9, "2")
    for number in ("1", "2"):
        followed(number=number, store_name="Stone's Store")
    assert [product.store_name for product in Product.select()] == ["Store", "Stone's Store"]


def test_the_listing_s_words_about_shipping_are_still_compared_with_the_listing_s() -> None:
    condition = "Free shipping over US $10"
    listed(9, "1", shipping_text=condition)
    for _ in range(2):
        result = followed(shipping_price=usd(299), shipping_text="Shipping: US $2.99")
    assert result == Recorded.UNCHANGED
    listed(0, "1", shipping_text=condition)
    assert Product.get().shipping_price_minor == 299


def test_a_page_without_a_fee_does_not_undo_the_known_one() -> None:
    listed(9, "1", shipping_price=usd(299), shipping_text="+Shipping: US $2.99")
    followed(shipping_text="Shipping")
    assert Product.get().shipping_price_minor == 299
