"""A person's edit: what it changes, what it holds, what it refuses."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import UnknownProduct, edit_product
from db.edits import InvalidEdit
from db.models import Product
from db.money import Money
from db.sightings import Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

SEEN_AT = datetime(2026, 11, 1, tzinfo=UTC)
EDITED_AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def product_id() -> int:
    sighting = Sighting(
        aliexpress_id="1005001",
        title="Canvas shoe",
        price=Money(1999, "USD"),
        price_text="US $19.99",
        shipping_text="Free shipping over US $10",
        units_sold=1000,
        units_sold_text="1,000+ sold",
    )
    record_sightings(start_crawl("category"), [sighting], at=SEEN_AT)
    return Product.get().id


@pytest.mark.parametrize(
    ("values", "expected", "held"),
    [
        pytest.param({"title": "New"}, {"title": "New"}, {"title"}, id="a title"),
        pytest.param(
            {"price": Decimal("9.99")},
            {"price_minor": 999, "price_text": None},
            {"price"},
            id="a price, and the page's words for the old one go",
        ),
        pytest.param(
            {"shipping_price": Decimal(5)},
            {"shipping_price_minor": 500, "shipping_text": None},
            {"shipping_price"},
            id="a shipping price where the page knew only a condition",
        ),
        pytest.param(
            {"units_sold": None},
            {"units_sold": None, "units_sold_text": None},
            {"units_sold"},
            id="a count that a person knows to be wrong",
        ),
        pytest.param(
            {"currency": "EUR"}, {"currency": "EUR"}, {"currency"}, id="the label of all money"
        ),
        pytest.param(
            {"currency": "JPY", "price": Decimal(300)},
            {"currency": "JPY", "price_minor": 300, "price_text": None},
            {"currency", "price"},
            id="another currency with its price",
        ),
        pytest.param({"title": "Canvas shoe"}, {}, set(), id="the value that it has"),
    ],
)
def test_an_edit_changes_what_differs_and_holds_it(
    product_id: int, values: dict[str, Any], expected: dict[str, Any], held: set[str]
) -> None:
    before = dict(Product.get().__data__)
    edited = edit_product(product_id, values, at=EDITED_AT)
    after = dict(Product.get().__data__)
    assert after == dict(edited.__data__)
    stamps = {"edited_fields": frozenset(held), "updated_at": EDITED_AT, "version": 2}
    assert {name: after[name] for name in after if after[name] != before[name]} == (
        expected | stamps if expected else {}
    )


def test_a_field_can_be_held_as_it_is_and_released(product_id: int) -> None:
    assert edit_product(product_id, {}, held={"title"}).edited_fields == {"title"}
    assert edit_product(product_id, {"price": None}).edited_fields == {"title", "price"}
    assert edit_product(product_id, {}, held={"price"}).edited_fields == {"price"}
    assert edit_product(product_id, {"title": "X"}, held=()).edited_fields == {"title"}


@pytest.mark.parametrize(
    ("values", "held", "message"),
    [
        pytest.param({"title": ""}, None, "title", id="no title"),
        pytest.param({"title": None}, None, "title", id="a null title"),
        pytest.param({"colour": "red"}, None, "colour", id="an unknown field"),
        pytest.param({}, {"colour"}, "colour", id="holding an unknown field"),
        pytest.param({"id": 5}, None, "id", id="a field that is not a fact"),
        pytest.param({"price": Decimal("1.999")}, None, "more decimals", id="finer than a cent"),
        pytest.param({"price": Decimal(-1)}, None, "price", id="a negative price"),
        pytest.param({"currency": "JPY"}, None, "more decimals", id="19.99 cannot be yen"),
        pytest.param({"currency": None}, None, "needs a currency", id="money without currency"),
        pytest.param({"currency": "XXX"}, None, "XXX", id="no currency"),
        pytest.param({"currency": "XXX", "price": None}, None, "XXX", id="nor without a price"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(
    product_id: int, values: dict[str, Any], held: set[str] | None, message: str
) -> None:
    before = dict(Product.get().__data__)
    with pytest.raises(InvalidEdit, match=message):
        edit_product(product_id, values, held)
    assert dict(Product.get().__data__) == before


def test_there_is_nothing_to_edit_in_a_product_that_is_not_there(product_id: int) -> None:
    with pytest.raises(UnknownProduct):
        edit_product(product_id + 1, {"title": "X"})
    Product.update(deleted_at=SEEN_AT).execute()
    with pytest.raises(UnknownProduct):
        edit_product(product_id, {"title": "X"})
