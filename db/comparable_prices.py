"""Decide which prices of a product compare: those for the same buyers, of the same variant.

A price for new shoppers says nothing about the price for everybody, nor does the price of another
size. So price drops and price summaries compare prices of one currency, condition and variant.
"""

import re
import unicodedata
from typing import Any, Final

from peewee import fn

_AMOUNT: Final = re.compile(
    r"(?:\b[A-Z]{1,3}\s?)?[^\w\s]?\s?[0-9][0-9.,'\u2019\s]*(?:[^\w\s]|\b[A-Z]{3}\b)?"
)
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")


def condition_key(text: str | None) -> str | None:
    """Return the words of a price's condition without the amounts in them, or None without one.

    The saving that a condition names moves with the price, so it makes no other condition.

    >>> condition_key("New shoppers save US $5"), condition_key("-$0.2 · Nuevo comprador")
    ('new shoppers save', 'nuevo comprador')
    """
    if text is None:
        return None
    words = _AMOUNT.sub(" ", unicodedata.normalize("NFKC", text))
    return _NO_LETTERS.sub(" ", words).strip().casefold()


def is_comparable(one: Any, other: Any) -> bool:
    """Return whether the prices of two rows compare. A variant that is unknown may be any."""
    return (
        one.currency == other.currency
        and one.condition_key == other.condition_key
        and (None in {one.sku_id, other.sku_id} or one.sku_id == other.sku_id)
    )


def comparable(one: Any, other: Any) -> Any:
    """Return `is_comparable` as an SQL condition for a table and another one, or a row."""
    sku_id = fn.COALESCE(other.sku_id, one.sku_id)
    return (
        (one.currency == other.currency)
        & (fn.COALESCE(one.condition_key, "") == fn.COALESCE(other.condition_key, ""))
        & (one.sku_id.is_null() | (one.sku_id == sku_id))
    )


def comparable_prices(seen: Any, row: Any, product: Any) -> Any:
    """Return the query of a product's observed prices that compare with the price of a row.

    `seen` is an alias of Observation, `row` a table of the outer query, `product` its column with
    the product's id.
    """
    return seen.select(seen.price_minor).where(
        seen.product == product, seen.price_minor.is_null(is_null=False), comparable(seen, row)
    )
