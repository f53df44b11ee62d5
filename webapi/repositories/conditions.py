"""From criteria to conditions."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from operator import eq, ge, gt, le
from typing import Any, Final

from peewee import JOIN, SQL, Expression, NodeList, Table, fn

from db.database import database
from db.fields import format_instant
from db.models import Product
from webapi.criteria import Criteria
from webapi.repositories.comparisons import ALIVE, Condition, compared

_words: Any = Table("product_text", ("rowid", "product_text"), alias="words").bind(database)
WORDS_ID: Final = _words.rowid
"""The words of the titles of products that are not deleted; FTS5, in the order of ids."""


def conditions_of(criteria: Criteria) -> list[Condition]:
    """The conditions that criteria set, those on words left out; drops of prices come last."""
    wanted = {name: getattr(criteria, name) for name in _CONDITIONS}
    found = [make(wanted[name]) for name, make in _CONDITIONS.items() if wanted[name] is not None]
    if criteria.price_dropped_since is not None:
        found.append(_is_lower_than(criteria.price_dropped_since))
    if criteria.min_price is not None or criteria.max_price is not None:
        return [_price_range(criteria), *found]
    return found if criteria.currency is None else [_is("currency")(criteria.currency), *found]


def words_condition(words: tuple[str, ...]) -> Condition:
    """All words are in the title; each is quoted, so that none is taken for query syntax.

    Where there are none, as in white space alone, nothing is found.
    """
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words or [""])
    match = Expression(_words.product_text, "MATCH", query)
    candidates = _words.select(WORDS_ID).where(match)
    of_this = _words.select(WORDS_ID).where(match, Product.id == WORDS_ID)
    return Condition(fn.EXISTS(of_this), candidates)


def joined_by_words(words: Condition, *others: Any) -> Any:
    """The ids of products with the words that meet other conditions too, in the order of ids."""
    return (
        words.candidates.select(Product.id)
        .join(Product, JOIN.CROSS)  # for SQLite: the words first, then the product of each
        .where(Product.id == WORDS_ID, ALIVE, *others)
    )


def is_among(ids: list[int]) -> Any:
    """The product is one of these, however many they are."""
    return Product.id.in_(SQL("(SELECT value FROM json_each(?))", (json.dumps(ids),)))


def earlier_price(since: datetime) -> Any:
    """The price that stood at an instant, or the first one seen after it, in today's currency."""
    at = format_instant(since)
    return fn.COALESCE(
        _one_price(SQL("AND seen_at < ? ORDER BY id DESC", (at,))), _one_price(SQL("ORDER BY id"))
    )


def _one_price(which: SQL) -> Any:
    """A price in the history of the product at hand; as text, which peewee is quicker with."""
    return NodeList(
        (
            SQL("(SELECT price_minor FROM observation WHERE product_id ="),
            Product.id,
            SQL("AND currency ="),
            Product.currency,
            SQL("AND price_minor IS NOT NULL"),
            which,
            SQL("LIMIT 1)"),
        )
    )


def _is(column: str) -> Callable[[Any], Condition]:
    return lambda value: compared((column, eq, value), by_id=True)


def _from(column: str) -> Callable[[Any], Condition]:
    return lambda value: compared((column, ge, value))


def _since(column: str) -> Callable[[datetime], Condition]:
    return lambda instant: compared((column, ge, format_instant(instant)))


def _free_shipping(free: bool) -> Condition:  # noqa: FBT001  # the value of a parameter
    column = "shipping_price_minor"
    return _is(column)(0) if free else compared((column, gt, 0))


def _is_lower_than(since: datetime) -> Condition:
    """The present price is a crawl's, and lower than the earlier one; it may have risen again."""
    held = Product.edited_fields.contains('"price"')
    return Condition((earlier_price(since) > Product.price_minor) & ~held)


def _price_range(criteria: Criteria) -> Condition:
    bounds = (ge, criteria.min_price), (le, criteria.max_price)
    return compared(
        ("currency", eq, criteria.currency),
        *(("price_minor", holds, bound) for holds, bound in bounds if bound is not None),
    )


_CONDITIONS: Final[Mapping[str, Callable[[Any], Condition]]] = {
    "category": _is("category"),
    "store_name": _is("store_name"),
    "min_rating": _from("star_rating"),
    "min_units_sold": _from("units_sold"),
    "free_shipping": _free_shipping,
    "seen_since": _since("last_seen_at"),
    "price_dropped_since": _since("price_dropped_at"),
}
