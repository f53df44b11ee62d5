"""What a crawl saw, and what that makes of the catalog: absent keeps, said replaces."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import sightings
from db.catalog import Recorded, record_sightings, stored_ids
from db.crawls import start_crawl
from db.curation import edit_product
from db.database import database
from db.errors import StorageError
from db.models import Observation, Product
from db.money import Money
from db.products import unknown_product
from db.sightings import Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def shoe(**facts: Any) -> Sighting:
    return Sighting(**{"aliexpress_id": "1005001", "title": "Canvas shoe"} | facts)


FULL = {
    "url": "https://www.aliexpress.com/item/1005001.html",
    "image_url": "https://ae01.alicdn.com/kf/shoe.jpg",
    "price": usd(1999),
    "price_text": "US $19.99",
    "list_price": usd(3999),
    "shipping_price": usd(0),
    "shipping_text": "Free shipping",
    "star_rating": 4.7,
    "units_sold": 1234,
    "units_sold_text": "1,000+ sold",
    "store_name": "Casual Steps Store",
    "category": "Shoes > Men's Shoes > Casual Shoes",
}


def record(*seen: Sighting, at: datetime = FIRST) -> list[Recorded]:
    return record_sightings(start_crawl("category"), seen, at=at)


def the_product() -> Product:
    return Product.get(Product.aliexpress_id == "1005001")


def test_a_product_seen_for_the_first_time_is_added_with_all_that_was_said() -> None:
    assert record(shoe(**FULL)) == [Recorded.NEW]
    product = the_product()
    assert (product.title, product.store_name) == ("Canvas shoe", "Casual Steps Store")
    assert (product.currency, product.price_minor, product.list_price_minor) == ("USD", 1999, 3999)
    assert (product.shipping_price_minor, product.shipping_text) == (0, "Free shipping")
    assert (product.units_sold, product.units_sold_text) == (1234, "1,000+ sold")
    assert product.first_seen_at == product.last_seen_at == product.created_at == FIRST
    assert product.edited_fields == frozenset()


def test_what_was_not_said_is_null_and_never_zero() -> None:
    record(shoe())
    product = the_product()
    for column in ("price_minor", "shipping_price_minor", "star_rating", "units_sold", "currency"):
        assert getattr(product, column) is None, column


def test_the_same_again_changes_nothing_but_when_it_was_seen() -> None:
    record(shoe(**FULL))
    assert record(shoe(**FULL), at=LATER) == [Recorded.UNCHANGED]
    product = the_product()
    assert (product.updated_at, product.last_seen_at) == (FIRST, LATER)
    assert Observation.select().count() == 1


def test_a_product_twice_in_one_batch_is_one_row() -> None:
    assert record(shoe(**FULL), shoe(**FULL)) == [Recorded.NEW, Recorded.UNCHANGED]
    assert Product.select().count() == 1


# what the page says now -> which columns of the full product differ afterwards
SAID = [
    pytest.param(
        {"price": usd(1500), "price_text": "US $15.00"},
        {"price_minor": 1500, "price_text": "US $15.00", "list_price_minor": None},
        id="a price without a struck-through one clears it",
    ),
    pytest.param({}, {}, id="a page that says nothing keeps everything"),
    pytest.param({"star_rating": 4.9}, {"star_rating": 4.9}, id="a rating replaces a rating"),
    pytest.param(
        {"units_sold": 1300, "units_sold_text": "1,000+ sold"},
        {"units_sold": 1300},
        id="a sold count replaces a sold count",
    ),
    pytest.param(
        {"units_sold_text": "Sold"}, {}, id="words about sales without a number say nothing"
    ),
    pytest.param(
        {"shipping_text": "Free shipping over US $10"},
        {"shipping_price_minor": None, "shipping_text": "Free shipping over US $10"},
        id="a condition replaces free shipping by unknown",
    ),
    pytest.param(
        {"shipping_price": usd(299), "shipping_text": "+Shipping: $2.99"},
        {"shipping_price_minor": 299, "shipping_text": "+Shipping: $2.99"},
        id="a fee replaces free shipping",
    ),
    pytest.param({"store_name": "New Store"}, {"store_name": "New Store"}, id="the store moved"),
    pytest.param({"title": "Better shoe"}, {"title": "Better shoe"}, id="a new title"),
    pytest.param(
        {"price": Money(1800, "EUR"), "price_text": "18,00€"},
        {
            "currency": "EUR",
            "price_minor": 1800,
            "price_text": "18,00€",
            "list_price_minor": None,
            "shipping_price_minor": None,
            "shipping_text": None,
        },
        id="another currency replaces all money together",
    ),
    pytest.param(
        {"shipping_price": Money(0, "EUR"), "shipping_text": "Envío gratis"},
        {},
        id="another currency without a price has nothing to replace the price with",
    ),
]


MEMORIES = {"listing_shipping_text", "last_crawl", "price_dropped_at", "version"}
"""Of what crawls saw, not of the product."""


@pytest.mark.parametrize(("said", "expected"), SAID)
def test_absent_keeps_and_said_replaces(said: dict[str, Any], expected: dict[str, Any]) -> None:
    record(shoe(**FULL))
    before = dict(the_product().__data__)
    record(shoe(**said), at=LATER)
    after = dict(the_product().__data__)
    stamps = {"last_seen_at": LATER} | ({"updated_at": LATER} if expected else {})
    assert {
        name: after[name] for name in after if after[name] != before[name] and name not in MEMORIES
    } == (expected | stamps)


def test_a_product_says_which_crawl_saw_it_last() -> None:
    for at in (FIRST, LATER):
        crawl = start_crawl("category")
        record_sightings(crawl, [shoe(**FULL)], at=at)
        assert the_product().__data__["last_crawl"] == crawl


# what the crawls after the first saw, at 19.99 USD -> whether the last of them saw a drop
LATER_PRICES = [
    pytest.param([usd(1998)], True, id="a cent less"),
    pytest.param([usd(1999)], False, id="the same"),
    pytest.param([usd(2500)], False, id="more"),
    pytest.param([None, usd(1500)], True, id="less, after a page without a price"),
    pytest.param([usd(2500), usd(2200)], True, id="less than the last, more than the first"),
    pytest.param([Money(1500, "EUR")], False, id="another currency"),
    pytest.param([Money(1500, "EUR"), usd(1900)], True, id="less in the first currency again"),
    pytest.param([Money(1500, "EUR"), usd(2100)], False, id="more in the first currency again"),
]


@pytest.mark.parametrize(("prices", "dropped"), LATER_PRICES)
def test_a_lower_price_than_the_one_before_is_a_drop(
    prices: list[Money | None], *, dropped: bool
) -> None:
    record(shoe(price=usd(1999)))
    assert the_product().price_dropped_at is None
    at = FIRST
    for day, price in enumerate(prices, start=1):
        at = FIRST + timedelta(days=day)
        record(shoe(price=price), at=at)
    assert (the_product().price_dropped_at == at) == dropped


@pytest.mark.parametrize(("prices", "dropped"), LATER_PRICES)
def test_the_sightings_of_one_page_follow_one_another(
    prices: list[Money | None], *, dropped: bool
) -> None:
    record(shoe(price=usd(1999)), *(shoe(price=price) for price in prices))
    assert (the_product().price_dropped_at == FIRST) == dropped
    assert Observation.select().count() == len({usd(1999), *prices})


def test_a_drop_is_remembered_while_the_price_stays() -> None:
    for day, price in enumerate([1999, 1500, 1500, 1600]):
        record(shoe(price=usd(price)), at=FIRST + timedelta(days=day))
    assert the_product().price_dropped_at == LATER


def test_money_is_told_in_a_product_s_first_currency_whenever_it_is_first_told() -> None:
    record(shoe())
    record(shoe(shipping_price=Money(300, "EUR"), shipping_text="+ envío: 3,00€"))
    product = the_product()
    assert (product.currency, product.shipping_price_minor) == ("EUR", 300)


def test_a_sighting_has_one_currency() -> None:
    with pytest.raises(ValueError, match="several currencies"):
        shoe(price=usd(5), list_price=Money(5, "EUR"))


# History


def history() -> list[tuple[Any, ...]]:
    rows = Observation.select().order_by(Observation.id)
    return [(row.price_minor, row.star_rating, row.seen_at) for row in rows]


def test_history_has_an_entry_whenever_the_page_said_something_else() -> None:
    for price, at in ((1999, FIRST), (1999, LATER), (1500, LATER), (1999, LATER)):
        record(shoe(price=usd(price)), at=at)
    assert history() == [(1999, None, FIRST), (1500, None, LATER), (1999, None, LATER)]


def test_history_keeps_what_the_page_said_even_where_the_product_keeps_more() -> None:
    record(shoe(price=usd(1999), star_rating=4.5))
    assert record(shoe(price=usd(1999)), at=LATER) == [Recorded.CHANGED]
    assert history() == [(1999, 4.5, FIRST), (1999, None, LATER)]
    assert the_product().star_rating == 4.5


# A human's word


@pytest.mark.parametrize(
    ("edit", "column", "kept"),
    [
        pytest.param({"title": "My name for it"}, "title", "My name for it", id="title"),
        pytest.param({"store_name": None}, "store_name", None, id="an emptied store"),
        pytest.param({"units_sold": 7}, "units_sold", 7, id="units sold"),
    ],
)
def test_no_crawl_overwrites_an_edited_field(
    edit: dict[str, Any], column: str, kept: object
) -> None:
    record(shoe(**FULL))
    edit_product(the_product(), edit)
    record(shoe(**FULL), at=LATER)
    record(shoe(**FULL | {"units_sold": 9999, "store_name": "X", "title": "Y"}), at=LATER)
    assert getattr(the_product(), column) == kept


def test_where_money_is_held_the_currency_is_held_too() -> None:
    record(shoe(**FULL))
    edit_product(the_product(), {"store_name": "Mine", "edited_fields": {"shipping_price"}})
    record(shoe(price=Money(1700, "EUR"), star_rating=4.8), at=LATER)
    product = the_product()
    assert (product.currency, product.price_minor, product.list_price_minor) == ("USD", 1999, 3999)
    assert product.star_rating == 4.8
    record(shoe(price=usd(1800)), at=LATER)
    product = the_product()
    assert (product.price_minor, product.shipping_price_minor) == (1800, 0)


def test_what_a_crawl_saw_of_a_held_price_goes_to_the_history() -> None:
    record(shoe(price=usd(1999)))
    edit_product(the_product(), {"edited_fields": {"price"}})
    record(shoe(price=usd(1500)), at=LATER)
    assert the_product().price_minor == 1999
    assert history() == [(1999, None, FIRST), (1500, None, LATER)]


def test_a_released_field_takes_its_value_at_the_next_crawl() -> None:
    record(shoe(**FULL))
    edit_product(the_product(), {"title": "My name for it"})
    edit_product(the_product(), {"edited_fields": ()})
    record(shoe(**FULL), at=LATER)
    assert the_product().title == "Canvas shoe"


def test_a_deleted_product_is_left_out() -> None:
    record(shoe(**FULL))
    Product.update(deleted_at=FIRST).execute()
    assert record(shoe(price=usd(1)), at=LATER) == [Recorded.IGNORED]
    product = the_product()
    assert (product.price_minor, product.last_seen_at) == (1999, FIRST)
    assert Observation.select().count() == 1


# Transactions


REFUSE = {
    "sqlite": "CREATE TRIGGER refuse BEFORE INSERT ON observation WHEN NEW.units_sold = 13 "
    "BEGIN SELECT RAISE(ABORT, 'unlucky'); END",
    "postgres": "ALTER TABLE observation ADD CONSTRAINT unlucky CHECK (units_sold <> 13)",
}


def test_a_batch_is_kept_whole_or_not_at_all(engine: str) -> None:
    database.execute_sql(REFUSE[engine])
    with pytest.raises(StorageError, match="unlucky"):
        record(shoe(), shoe(aliexpress_id="1005002", units_sold=13))
    assert Product.select().count() == 0


def test_stored_ids_are_those_that_the_catalog_has_deleted_ones_included() -> None:
    record(shoe(), shoe(aliexpress_id="1005002"))
    Product.update(deleted_at=FIRST).where(Product.aliexpress_id == "1005002").execute()
    assert stored_ids(["1005001", "1005002", "1005003"]) == {"1005001", "1005002"}


# Whatever pages say, in whatever order

amounts = st.one_of(st.none(), st.integers(0, 10**6))


@st.composite
def anything_said(draw: st.DrawFn) -> Sighting:
    currency = draw(st.sampled_from(["USD", "EUR", "JPY"]))

    def money() -> Money | None:
        minor = draw(amounts)
        return None if minor is None else Money(minor, currency)

    return shoe(
        price=money(),
        list_price=money(),
        shipping_price=money(),
        shipping_text=draw(st.sampled_from([None, "Free shipping", "Free shipping over US $10"])),
        star_rating=draw(st.one_of(st.none(), st.floats(0.5, 5))),
        units_sold=draw(amounts),
    )


held_fields = st.sets(st.sampled_from(["price", "shipping_price", "currency", "units_sold"]))


@given(st.lists(anything_said(), min_size=1, max_size=6), held_fields)
def test_money_always_has_its_own_currency_and_held_fields_never_move(
    seen: list[Sighting], held: set[str]
) -> None:
    product = unknown_product()
    product.columns.update(price_minor=777, currency="USD", edited_fields=frozenset(held))
    watched = {"price": "price_minor", "currency": "currency", "units_sold": "units_sold"}
    before = {fact: getattr(product, column) for fact, column in watched.items()}
    for sighting in seen:
        old = product.currency
        changed = sightings.changes(product, sighting)
        for column, value in changed.items():
            setattr(product, column, value)
        if product.currency != old:
            assert product.price_minor == (sighting.price and sighting.price.minor)
        assert product.currency is not None
    for fact in held & watched.keys():
        assert getattr(product, watched[fact]) == before[fact]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_text_that_postgres_cannot_sort_is_told() -> None:
    """Its indexes take 2700 bytes. The titles of the site have a tenth of that."""
    title = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    with pytest.raises(StorageError, match="a text is too long for an index"):
        record(shoe(title=title))
    assert record(shoe()) == [Recorded.NEW]
