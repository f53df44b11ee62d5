"""From criteria to conditions of SQL, each in the two forms that a plan chooses from."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peewee import JOIN, SQL, Expression, NodeList, Table, fn

from db.database import database
from db.fields import format_instant
from db.models import Product
from webapi.criteria import Criteria

ALIVE: Final = Product.deleted_at.is_null()

_words: Any = Table("product_text", ("rowid", "product_text"), alias="words").bind(database)
WORDS_ID: Final = _words.rowid
"""The words of the titles of products that are not deleted; FTS5, in the order of ids."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on products.

    `candidates` are the ids of those that meet it, found by an index, in the order of ids where
    `by_id` is true; `plain` is the same condition in a form that no index answers, for walks
    along another one. `columns` are what it looks at. A condition without candidates
    asks about each product that others have found, which takes long: it is asked last.
    """

    plain: Any
    indexed: Any = None
    candidates: Any = None
    columns: frozenset[str] = frozenset()
    by_id: bool = False


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
    return Condition(fn.EXISTS(of_this), candidates=candidates, columns=frozenset({"words"}))


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
    field = getattr(Product, column)
    return lambda value: _condition(
        field == value, only_looked_at(field) == value, column, by_id=True
    )


def _from(column: str) -> Callable[[Any], Condition]:
    field = getattr(Product, column)
    return lambda value: _condition(field >= value, only_looked_at(field) >= value, column)


def _since(column: str) -> Callable[[datetime], Condition]:
    from_then = _from(column)
    return lambda instant: from_then(format_instant(instant))


def _free_shipping(free: bool) -> Condition:  # noqa: FBT001  # the value of a parameter
    field = Product.shipping_price_minor
    if free:
        return _is("shipping_price_minor")(0)
    return _condition(field > 0, only_looked_at(field) > 0, "shipping_price_minor")


def _is_lower_than(since: datetime) -> Condition:
    """The present price is a crawl's, and lower than the earlier one; it may have risen again."""
    held = Product.edited_fields.contains('"price"')
    return Condition((earlier_price(since) > Product.price_minor) & ~held)


def _price_range(criteria: Criteria) -> Condition:
    price = Product.price_minor
    indexed = Product.currency == criteria.currency
    plain = only_looked_at(Product.currency) == criteria.currency
    if criteria.min_price is not None:
        indexed &= price >= criteria.min_price
        plain &= only_looked_at(price) >= criteria.min_price
    if criteria.max_price is not None:
        indexed &= price <= criteria.max_price
        plain &= only_looked_at(price) <= criteria.max_price
    return _condition(indexed, plain, "currency", "price_minor")


def only_looked_at(field: Any) -> Any:
    """A column whose index SQLite leaves alone, because of the plus before it."""
    return NodeList((SQL("+"), field))


def _condition(indexed: Any, plain: Any, *columns: str, by_id: bool = False) -> Condition:
    candidates = Product.select(Product.id).where(ALIVE, indexed)
    return Condition(plain, indexed, candidates, frozenset(columns), by_id)


_CONDITIONS: Final[Mapping[str, Callable[[Any], Condition]]] = {
    "category": _is("category"),
    "store_name": _is("store_name"),
    "min_rating": _from("star_rating"),
    "min_units_sold": _from("units_sold"),
    "free_shipping": _free_shipping,
    "seen_since": _since("last_seen_at"),
    "price_dropped_since": _since("price_dropped_at"),
}
