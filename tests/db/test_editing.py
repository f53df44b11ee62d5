"""API edits: what they change, what they protect from crawls, what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import delete_product, edit_product
from db.edits import InvalidEdit
from db.models import Product
from db.money import Money
from db.sightings import Sighting

pytestmark = pytest.mark.usefixtures("open_catalog")

SEEN_AT = datetime(2026, 11, 1, tzinfo=UTC)
EDITED_AT = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def product() -> Product:
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
    return Product.get()


@pytest.mark.parametrize(
    ("values", "expected", "edited"),
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
            {"currency": "EUR", "price": Decimal("19.99")},
            {"currency": "EUR", "price_text": None},
            {"currency", "price"},
            id="the same digits in another currency are another price",
        ),
        pytest.param(
            {"currency": None, "price": None},
            {"currency": None, "price_minor": None, "price_text": None},
            {"currency", "price"},
            id="no currency and no price",
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
def test_an_edit_changes_what_differs_and_protects_it(
    product: Product, values: dict[str, Any], expected: dict[str, Any], edited: set[str]
) -> None:
    before = dict(Product.get().__data__)
    assert edit_product(product, values, at=EDITED_AT)
    after = dict(Product.get().__data__)
    assert after == dict(product.__data__)
    stamps = {"edited_fields": frozenset(edited), "updated_at": EDITED_AT, "version": 2}
    assert {name: after[name] for name in after if after[name] != before[name]} == (
        expected | stamps if expected else {}
    )


EDITED_FIELDS: list[tuple[dict[str, Any], set[str]]] = [
    ({"edited_fields": {"title"}}, {"title"}),
    ({"price": None}, {"title", "price"}),
    ({"edited_fields": {"price"}}, {"price"}),
    ({"title": "X", "edited_fields": ()}, {"title"}),
]


def test_fields_can_be_protected_as_they_are_and_released(product: Product) -> None:
    for values, expected in EDITED_FIELDS:
        assert edit_product(product, values)
        assert Product.get().edited_fields == product.edited_fields == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"title": ""}, "title", id="no title"),
        pytest.param({"title": None}, "title", id="a null title"),
        pytest.param({"colour": "red"}, "colour", id="an unknown field"),
        pytest.param({"edited_fields": {"colour"}}, "colour", id="protecting an unknown field"),
        pytest.param({"id": 5}, "id", id="a field that is not a fact"),
        pytest.param({"price": Decimal("1.999")}, "more decimals", id="finer than a cent"),
        pytest.param({"price": Decimal(-1)}, "price", id="a negative price"),
        pytest.param({"currency": "EUR"}, "name price too", id="another currency without amounts"),
        pytest.param({"currency": None}, "name price too", id="no currency beside a price"),
        pytest.param({"currency": "JPY", "price": Decimal("19.99")}, "more decimals", id="yen"),
        pytest.param({"currency": "XXX", "price": Decimal(5)}, "XXX", id="no currency"),
        pytest.param({"currency": "XXX", "price": None}, "XXX", id="nor without a price"),
        pytest.param(
            {"currency": None, "price": Decimal(5)}, "needs a currency", id="money without currency"
        ),
    ],
)
def test_an_edit_that_is_not_possible_changes_nothing(
    product: Product, values: dict[str, Any], message: str
) -> None:
    before = dict(Product.get().__data__)
    with pytest.raises(InvalidEdit, match=message):
        edit_product(product, values)
    assert dict(Product.get().__data__) == before


def test_a_change_of_currency_names_every_amount_that_the_product_has(product: Product) -> None:
    assert edit_product(product, {"shipping_price": Decimal(5)})
    with pytest.raises(InvalidEdit, match="name shipping_price too"):
        edit_product(product, {"currency": "EUR", "price": Decimal(18)})
    assert edit_product(
        product, {"currency": "EUR", "price": Decimal(18), "shipping_price": Decimal(4)}
    )
    assert (Product.get().price_minor, Product.get().shipping_price_minor) == (1800, 400)


@pytest.mark.parametrize("write", [lambda p: edit_product(p, {"title": "Mine"}), delete_product])
def test_a_product_that_was_written_since_it_was_read_is_not_written(
    product: Product, write: Callable[[Product], bool]
) -> None:
    edit_product(Product.get(), {"store_name": "Theirs"})
    assert not write(product)
    assert (Product.get().title, Product.get().deleted_at) == ("Canvas shoe", None)
    assert write(Product.get())


def test_a_deleted_product_is_not_written(product: Product) -> None:
    assert delete_product(Product.get())
    assert not edit_product(product, {"title": "X"})
    assert Product.get().title == "Canvas shoe"
