"""Queries of a product's price history."""

from collections.abc import Collection, Generator, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import Case, fn

from db.comparable_prices import comparable
from db.database import snapshot
from db.fields import parse_instant
from db.models import Observation, Product
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.repositories.keyset import Page
from webapi.sorting import OBSERVATIONS_BY_ID


class Seen(NamedTuple):
    """What the pages show of an observation, by the names of its columns."""

    product_id: int
    seen_at: datetime
    currency: str | None
    price_minor: int | None
    list_price_minor: int | None
    units_sold: int | None
    condition_key: str | None
    sku_id: str | None


def read_page(product_id: int, cursor: Cursor | None, limit: int) -> Page[Observation]:
    """Return the page of a product's observations that a cursor leads to, oldest first."""
    seen = Observation.select().where(Observation.product == product_id)
    return keyset.read_page(seen, OBSERVATIONS_BY_ID, cursor, limit, seen.count())


def stream(
    product_id: int, cursor: Cursor | None, limit: int | None
) -> Generator[Observation, None, None]:
    """Yield observations of a product one by one, all from one snapshot of the database."""
    seen = Observation.select().where(Observation.product == product_id)
    with snapshot("read a product's history"):
        yield from keyset.stream(seen, OBSERVATIONS_BY_ID, cursor, limit)


def read_newest(product_ids: Collection[int], count: int) -> dict[int, list[Seen]]:
    """Return the newest observations of each product, at most `count`, oldest first.

    One query for all products: for each the range of the index ends at the oldest row wanted. Rows
    are named tuples, because a page of cards has hundreds, and models take five times as long.
    """
    other = Observation.alias()
    oldest = (
        other.select(other.id)
        .where(other.product == Product.id)
        .order_by(other.id.desc())
        .limit(1)
        .offset(count - 1)
    )
    query = (
        Observation.select(*(getattr(Observation, name) for name in Seen._fields))
        .join(Product, on=(Observation.product == Product.id))
        .where(Product.id.in_(product_ids), Observation.id >= fn.COALESCE(oldest, 0))
        .order_by(Observation.id)
    )
    found: dict[int, list[Seen]] = {}
    rows: Iterable[Any] = query.tuples()
    for row in rows:
        seen = Seen(*row)
        found.setdefault(seen.product_id, []).append(seen)
    return found


def price_statistics(product_id: int) -> list[dict[str, Any]]:
    """Return `currency`, `lowest`, `highest` and `median` for each currency, in minor units.

    The median of an even number of prices is the average of the two in the middle.
    """
    ranked = _priced(
        product_id,
        Observation.currency,
        Observation.price_minor.alias("price"),
        fn.ROW_NUMBER()
        .over(partition_by=[Observation.currency], order_by=[Observation.price_minor])
        .alias("rank"),
        fn.COUNT(Observation.id).over(partition_by=[Observation.currency]).alias("entries"),
    )
    currency, price, rank, entries = (
        getattr(ranked.c, name) for name in ("currency", "price", "rank", "entries")
    )
    in_the_middle = (rank * 2 >= entries) & (rank * 2 <= entries + 2)
    query = (
        ranked.select_from(
            currency,
            fn.MIN(price).alias("lowest"),
            fn.MAX(price).alias("highest"),
            fn.AVG(Case(None, [(in_the_middle, price)])).alias("median"),
        )
        .group_by(currency)
        .order_by(currency)
    )
    return list(query.dicts())


def last_price_changes(product_id: int) -> list[dict[str, Any]]:
    """Return `currency`, `at`, `earlier` and `later` of the last price change in each currency."""
    prices = _priced(
        product_id,
        Observation.id,
        Observation.currency,
        Observation.seen_at.alias("at"),
        Observation.price_minor.alias("later"),
        fn.LAG(Observation.price_minor)
        .over(partition_by=[Observation.currency], order_by=[Observation.id])
        .alias("earlier"),
    ).cte("prices")
    changed = prices.select(fn.MAX(prices.c.id)).where(prices.c.later != prices.c.earlier)
    columns = (prices.c.currency, prices.c.at, prices.c.earlier, prices.c.later)
    query = (
        prices.select_from(*columns)
        .where(prices.c.id.in_(changed.group_by(prices.c.currency)))
        .with_cte(prices)
    )
    return [row | {"at": parse_instant(row["at"])} for row in query.dicts()]


def _priced(product_id: int, *columns: Any) -> Any:
    """Select the prices of a product that are comparable with the latest one in their currency."""
    latest, other = Observation.alias("latest"), Observation.alias("other")
    newest = other.select(fn.MAX(other.id)).where(
        other.product == product_id, other.price_minor.is_null(is_null=False)
    )
    return (
        Observation.select(*columns)
        .join(latest, on=comparable(Observation, latest))
        .where(
            Observation.product == product_id,
            Observation.price_minor.is_null(is_null=False),
            latest.id.in_(newest.group_by(other.currency)),
        )
    )
