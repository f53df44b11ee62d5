"""Which price drops and which trouble are told after a crawl, and that nothing is told twice."""

from typing import Any

import pytest

from db.catalog import record_sightings
from db.crawls import finish_crawl, start_crawl
from db.curation import edit_product
from db.models import Product
from db.money import Money
from db.notifications import (
    claim_failures,
    claim_price_drops,
    has_recovered,
    release_failures,
    release_price_drops,
)
from db.sightings import Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

NEW = "New shoppers save US $5"


def crawl(outcome: str = "done", target: str | None = None, **prices: int | Sighting) -> int:
    """Store a crawl that saw products at these prices, and return its id."""
    crawl_id = start_crawl("category", target)
    record_sightings(crawl_id, [seen(name, price) for name, price in prices.items()])
    finish_crawl(crawl_id, {"outcome": outcome})
    return crawl_id


def seen(name: str, price: int | Sighting) -> Sighting:
    return price if isinstance(price, Sighting) else shoe(name, price)


def shoe(name: str, minor: int | None, currency: str = "USD", **facts: Any) -> Sighting:
    price = None if minor is None else Money(minor, currency)
    return Sighting(aliexpress_id=name.removeprefix("p"), title=name, price=price, **facts)


def told(crawl_id: int) -> list[tuple[str, int, int]]:
    return [
        (drop.title, drop.earlier.minor, drop.later.minor) for drop in claim_price_drops(crawl_id)
    ]


# Price drops


def test_the_first_run_tells_nothing_and_each_drop_is_told_once() -> None:
    assert told(crawl(p1=2000, p2=500)) == []
    assert told(crawl(p1=1500, p2=600)) == [("p1", 2000, 1500)]
    assert told(crawl(p1=1500, p2=600)) == []
    assert told(crawl(p1=1400, p2=550)) == [("p1", 1500, 1400), ("p2", 600, 550)]


def test_a_drop_that_a_bad_run_saw_is_told_by_the_next_good_one() -> None:
    told(crawl(p1=2000))
    crawl("partial", p1=1500)
    crawl("blocked")
    assert told(crawl(p1=1500)) == [("p1", 2000, 1500)]
    assert told(crawl(p1=1500)) == []


def test_a_price_that_has_risen_again_meanwhile_is_no_drop() -> None:
    told(crawl(p1=2000))
    crawl("partial", p1=1500)
    assert told(crawl(p1=2000)) == []


def test_two_drops_on_bad_days_are_told_as_the_one_that_is_left() -> None:
    told(crawl(p1=2000))
    crawl("partial", p1=1500)
    crawl("partial", p1=1200)
    assert told(crawl(p1=1300)) == [("p1", 2000, 1300)]


def test_a_product_that_a_bad_run_added_is_compared_with_what_that_saw() -> None:
    crawl("partial", p1=2000)
    crawl("partial", p1=1800)
    assert told(crawl(p1=1500)) == [("p1", 2000, 1500)]


def test_drops_that_no_message_told_are_told_by_the_next_run() -> None:
    told(crawl(p1=2000))
    second = crawl(p1=1500)
    assert told(second) == [("p1", 2000, 1500)]
    release_price_drops(second)
    assert told(crawl(p1=1400)) == [("p1", 2000, 1400)]


def test_a_database_of_an_earlier_version_tells_what_this_crawl_saw_only() -> None:
    crawl(p1=2000)
    crawl(p1=1500)
    assert told(crawl(p1=1400)) == [("p1", 1500, 1400)]


OTHER_PRICES = [
    pytest.param(shoe("p1", 900, "EUR"), id="another currency"),
    pytest.param(shoe("p1", 900, price_condition=NEW), id="another condition"),
    pytest.param(shoe("p1", 900, sku_id="2"), id="another variant"),
    pytest.param(shoe("p1", None), id="no price"),
    pytest.param(shoe("p1", 1000, sku_id="1"), id="the same price"),
]


@pytest.mark.parametrize("later", OTHER_PRICES)
def test_only_prices_that_compare_are_drops(later: Sighting) -> None:
    told(crawl(p1=shoe("p1", 1000, sku_id="1")))
    assert told(crawl(p1=later)) == []
    assert told(crawl(p1=shoe("p1", 950, sku_id="1"))) == [("p1", 1000, 950)]


def test_products_that_were_deleted_or_priced_by_hand_are_not_told() -> None:
    told(crawl(p1=2000, p2=2000))
    edit_product(Product.get_by_id(1), {"edited_fields": {"price"}})
    Product.update(deleted_at=Product.created_at).where(Product.id == 2).execute()
    assert told(crawl(p1=1000, p2=1000)) == []


# Runs that go wrong


def test_the_third_run_that_goes_wrong_is_told_and_the_first_that_has_recovered() -> None:
    crawl()
    numbers = [claim_failures(crawl("blocked")) for _ in range(5)]
    assert numbers == [0, 0, 3, 0, 0]
    well = crawl()
    assert (claim_failures(well), has_recovered(well), has_recovered(crawl())) == (0, True, False)
    assert [claim_failures(crawl("partial")) for _ in range(3)] == [0, 0, 3]


def test_two_runs_that_went_wrong_are_told_to_nobody() -> None:
    for _ in range(3):
        assert [claim_failures(crawl("blocked")) for _ in range(2)] == [0, 0]
        assert not has_recovered(crawl())


def test_an_interrupted_run_neither_counts_nor_ends_the_row() -> None:
    outcomes = ("blocked", "interrupted", "crashed", "interrupted", "empty")
    assert [claim_failures(crawl(outcome)) for outcome in outcomes] == [0, 0, 0, 0, 3]
    assert not has_recovered(crawl("interrupted"))
    assert has_recovered(crawl())


def test_each_listing_has_a_row_of_its_own() -> None:
    for target in (None, "https://x/1", "https://x/2"):
        assert [claim_failures(crawl("blocked", target)) for _ in range(2)] == [0, 0]
    assert claim_failures(crawl("blocked", "https://x/1")) == 3
    assert not has_recovered(crawl("done", "https://x/2"))
    assert has_recovered(crawl("done", "https://x/1"))


def test_trouble_that_no_message_told_is_told_by_the_next_run() -> None:
    numbers = [crawl("blocked") for _ in range(3)]
    assert claim_failures(numbers[2]) == 3
    release_failures(numbers[2])
    assert claim_failures(crawl("blocked")) == 4


def test_a_running_crawl_is_none_that_went_wrong() -> None:
    crawl("blocked")
    start_crawl("category")
    assert claim_failures(crawl("blocked")) == 0


def test_a_drop_that_another_crawl_told_while_this_one_ran_is_not_told_again() -> None:
    told(crawl(p1=2000))
    slow = start_crawl("category", "https://x/1")
    record_sightings(slow, [shoe("p1", 1500)])
    assert told(crawl(p2=100)) == [("p1", 2000, 1500)]
    finish_crawl(slow, {"outcome": "done"})
    assert told(slow) == []
