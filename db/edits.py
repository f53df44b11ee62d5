"""What a person's edit changes in a product, and which fields are held from then on."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from db.currencies import CURRENCIES
from db.models import Product
from db.money import Money

AMOUNTS: Final = ("price", "list_price", "shipping_price")
PLAIN: Final = (
    "title",
    "url",
    "image_url",
    "currency",
    "star_rating",
    "units_sold",
    "store_name",
    "category",
)
EDITABLE: Final = frozenset((*AMOUNTS, *PLAIN))

_TEXTS: Final = {
    "price": "price_text",
    "shipping_price": "shipping_text",
    "units_sold": "units_sold_text",
}
"""The page's words beside a fact: they go when a person puts another value in its place."""


_COLUMNS: Final = (*(f"{fact}_minor" for fact in AMOUNTS), *PLAIN, *_TEXTS.values())
"""All columns that an edit may change, but `edited_fields`."""


class InvalidEdit(ValueError):
    """The edit cannot be made; the message says which field and why. Nothing was changed."""


def changes(
    product: Product, values: Mapping[str, Any], held: Iterable[str] | None = None
) -> dict[str, Any]:
    """The columns that an edit changes, `edited_fields` among them.

    `values` maps facts to new values: amounts as Decimal in the currency that the product has
    after the edit, None for unknown. Facts whose value changes join `edited_fields`, which
    `held` replaces first where it is given. Raises InvalidEdit.
    """
    _refuse_unknown({*values, *(held or ())})
    columns = _plain_columns(values) | _amount_columns(product, values)
    changed = {name: new for name, new in columns.items() if getattr(product, name) != new}
    edited = {name.removesuffix("_minor") for name in changed} & values.keys()
    changed |= {_TEXTS[fact]: None for fact in edited if fact in _TEXTS}
    edited_fields = frozenset(product.edited_fields if held is None else held) | edited
    if edited_fields != product.edited_fields:
        changed["edited_fields"] = edited_fields
    return changed


def creation(values: Mapping[str, Any], held: Iterable[str] | None = None) -> dict[str, Any]:
    """The columns of a product that a person makes: what is not given is unknown.

    The facts given are held, unless `held` says which are. Raises InvalidEdit.
    """
    if "title" not in values:
        raise InvalidEdit("'title' is needed: a product has a title.")
    blank = Product(edited_fields=frozenset(), **dict.fromkeys(_COLUMNS))
    facts = dict.fromkeys(EDITABLE) | dict(values)
    columns = changes(blank, facts, held)
    held_fields = frozenset(values if held is None else held)
    return dict.fromkeys(_COLUMNS) | columns | {"edited_fields": held_fields}


def _refuse_unknown(names: Iterable[str]) -> None:
    unknown = sorted(set(names) - EDITABLE)
    if unknown:
        raise InvalidEdit(f"{unknown[0]!r} is not a field that can be edited.")


def _plain_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: values[name] for name in PLAIN if name in values}
    if "title" in columns and not columns["title"]:
        raise InvalidEdit("'title' cannot be empty.")
    if columns.get("currency") is not None and columns["currency"] not in CURRENCIES:
        raise InvalidEdit(f"'currency' is {columns['currency']!r}, no code of ISO 4217.")
    return columns


def _amount_columns(product: Product, values: Mapping[str, Any]) -> dict[str, int | None]:
    """Every amount in the currency after the edit; what is not given keeps its decimal value."""
    currency = values.get("currency", product.currency)
    columns: dict[str, int | None] = {}
    for fact in AMOUNTS:
        amount = values[fact] if fact in values else _amount(product, fact)
        columns[f"{fact}_minor"] = _minor(fact, amount, currency)
    return columns


def _amount(product: Product, fact: str) -> Decimal | None:
    minor = getattr(product, f"{fact}_minor")
    if minor is None or product.currency is None:
        return None
    return Money(minor, product.currency).amount


def _minor(fact: str, amount: Decimal | None, currency: str | None) -> int | None:
    if amount is None:
        return None
    if currency is None:
        raise InvalidEdit(f"{fact!r} needs a currency beside it.")
    try:
        return Money.of(amount, currency).minor
    except ValueError as error:
        raise InvalidEdit(f"{fact!r}: {error}") from error
