"""Compute which columns an API edit changes, and which fields crawls must not overwrite then."""

from collections.abc import Mapping
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
"""The facts that can be edited. `edited_fields` itself can be written beside them."""

_TEXTS: Final = {
    "price": ("price_text", "price_condition", "condition_key", "sku_id"),
    "shipping_price": ("shipping_text",),
    "units_sold": ("units_sold_text",),
}
"""Columns with what a page says about a fact. They become null when the fact is edited."""

_COLUMNS: Final = (
    *(f"{fact}_minor" for fact in AMOUNTS),
    *PLAIN,
    *(column for columns in _TEXTS.values() for column in columns),
)
"""All columns that an edit may change, except `edited_fields`."""


class InvalidEdit(ValueError):
    """The edit is not possible. The message names the field and the reason."""


def changes(product: Product, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that an edit changes, with their new values.

    `values` maps facts to new values: amounts are Decimals in the currency that the product has
    after the edit, and None means unknown. Facts whose value changes are added to `edited_fields`.
    If `values` has `edited_fields`, it replaces the present ones first. Raises InvalidEdit.
    """
    facts, protected = _split(values)
    _check_currency(product, facts)
    columns = _plain_columns(facts) | _amount_columns(product, facts)
    changed = {name: new for name, new in columns.items() if getattr(product, name) != new}
    edited = {name.removesuffix("_minor") for name in changed}
    if "currency" in edited:  # the same digits are another amount then
        edited |= {name for name in AMOUNTS if facts.get(name) is not None}
    changed |= dict.fromkeys(column for fact in edited for column in _TEXTS.get(fact, ()))
    edited_fields = (product.edited_fields if protected is None else protected) | edited
    if edited_fields != product.edited_fields:
        changed["edited_fields"] = edited_fields
    return changed


def creation(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a new product. Facts that are not given are unknown.

    The given facts become its `edited_fields`, unless `values` has others. Raises InvalidEdit.
    """
    if "title" not in values:
        raise InvalidEdit("'title' is required.")
    facts, protected = _split(values)
    blank = Product(edited_fields=frozenset(), **dict.fromkeys(_COLUMNS))
    columns = changes(blank, facts)
    edited_fields = frozenset(facts) if protected is None else protected
    return dict.fromkeys(_COLUMNS) | columns | {"edited_fields": edited_fields}


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], frozenset[str] | None]:
    """Return the facts and `edited_fields` apart. Raise InvalidEdit for unknown names."""
    facts = dict(values)
    protected = facts.pop("edited_fields", None)
    unknown = sorted({*facts, *(protected or ())} - EDITABLE)
    if unknown:
        raise InvalidEdit(f"{unknown[0]!r} is not a field that can be edited.")
    return facts, None if protected is None else frozenset(protected)


def _check_currency(product: Product, facts: Mapping[str, Any]) -> None:
    """Raise InvalidEdit if an amount would get another currency without being named."""
    if facts.get("currency", product.currency) == product.currency:
        return
    known = [name for name in AMOUNTS if getattr(product, f"{name}_minor") is not None]
    unnamed = [name for name in known if name not in facts]
    if unnamed:
        raise InvalidEdit(
            f"'currency' labels all amounts: name {' and '.join(unnamed)} too when you change it."
        )


def _plain_columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: facts[name] for name in PLAIN if name in facts}
    if "title" in columns and not columns["title"]:
        raise InvalidEdit("'title' cannot be empty.")
    if columns.get("currency") is not None and columns["currency"] not in CURRENCIES:
        raise InvalidEdit(f"'currency' is {columns['currency']!r}, no code of ISO 4217.")
    return columns


def _amount_columns(product: Product, facts: Mapping[str, Any]) -> dict[str, int | None]:
    currency = facts.get("currency", product.currency)
    return {
        f"{name}_minor": _minor(name, facts[name], currency) for name in AMOUNTS if name in facts
    }


def _minor(name: str, amount: Decimal | None, currency: str | None) -> int | None:
    if amount is None:
        return None
    if currency is None:
        raise InvalidEdit(f"{name!r} needs a currency beside it.")
    try:
        return Money.of(amount, currency).minor
    except ValueError as error:
        raise InvalidEdit(f"{name!r}: {error}") from error
