"""Creating a product: its facts are protected, and it is one row with what crawls see."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.catalog import Recorded, record_sightings
from db.crawls import start_crawl
from db.curation import AlreadyStored, create_product
from db.edits import InvalidEdit
from db.models import Observation, Product
from db.money import Money
from db.sightings import Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


def seen(**facts: Any) -> list[Recorded]:
    sighting = Sighting(**{"aliexpress_id": "1005", "title": "As the page calls it"} | facts)
    return record_sightings(start_crawl("category"), [sighting])


def test_the_given_facts_are_stored_and_protected_and_the_rest_is_unknown() -> None:
    product = create_product(
        {"title": "Mine", "currency": "USD", "price": Decimal("12.5")}, at=MADE_AT
    )
    assert product == Product.get()
    assert (product.title, product.price_minor, product.currency) == ("Mine", 1250, "USD")
    assert product.edited_fields == {"title", "currency", "price"}
    assert product.store_name is None
    assert (product.first_seen_at, product.created_at) == (None, MADE_AT)


def test_edited_fields_can_be_given() -> None:
    assert create_product({"title": "Mine", "edited_fields": ()}).edited_fields == frozenset()


def test_products_without_an_id_of_the_site_are_different_products() -> None:
    ids = [create_product({"title": title}).id for title in ("Mine", "Yours")]
    assert len(set(ids)) == 2


def test_a_crawl_that_sees_it_adds_what_was_not_given() -> None:
    create_product({"title": "Mine"}, aliexpress_id="1005")
    assert seen(store_name="Store", price=Money(999, "EUR")) == [Recorded.CHANGED]
    product = Product.get()
    assert (product.title, product.store_name) == ("Mine", "Store")
    assert (product.price_minor, product.currency) == (999, "EUR")
    assert product.first_seen_at == product.last_seen_at is not None


def test_one_that_is_there_already_is_named() -> None:
    seen()
    with pytest.raises(AlreadyStored) as refused:
        create_product({"title": "Mine"}, aliexpress_id="1005")
    assert refused.value.product_id == Product.get().id
    assert Product.get().title == "As the page calls it"


def test_one_that_was_deleted_is_brought_back_with_its_history() -> None:
    seen(store_name="Store", price=Money(999, "EUR"))
    Product.update(deleted_at=MADE_AT).execute()
    product = create_product({"title": "Mine"}, aliexpress_id="1005")
    assert (product.deleted_at, product.title, product.store_name) == (None, "Mine", None)
    assert (product.price_minor, product.edited_fields) == (None, {"title"})
    assert Observation.select().where(Observation.product == product.id).count() == 1
    assert Product.select().count() == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({}, "title", id="no title"),
        pytest.param({"title": None}, "title", id="a null title"),
        pytest.param({"title": "X", "price": Decimal(5)}, "currency", id="money without currency"),
        pytest.param({"title": "X", "colour": "red"}, "colour", id="an unknown field"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    values: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidEdit, match=message):
        create_product(values)
    assert Product.select().count() == 0
