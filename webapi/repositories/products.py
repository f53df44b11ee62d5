"""Queries of products that are not deleted.

The rows of lists are named tuples with the columns of a product: models take longer to make than
all the rest of a request.
"""

from collections.abc import Generator
from typing import Any, Final

from peewee import SQL, Select, fn

from db.database import snapshot
from db.models import Product
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.repositories.filters import CONDITIONS, Filters
from webapi.repositories.keyset import Page
from webapi.repositories.price_drops import earlier_price
from webapi.sorting import Sort

FEW: Final = 5_000
"""Up to so many matching products are found first and sorted then; more are read in sort order.

SQLite keeps no statistics of values, so it cannot know which is faster.
"""


def get(product_id: int) -> Product | None:
    """Return the product with an id, or None."""
    return Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())


def count(filters: Filters) -> int:
    """Return how many products match."""
    return int(_matching(filters, fn.COUNT(SQL("*"))).scalar())


def distinct_values(column: str, most: int) -> list[str]:
    """Return the different values of an indexed column, at most so many, in their order.

    Each value is looked up in the index after the one before, because `SELECT DISTINCT` would read
    the whole index.
    """
    field = getattr(Product, column)
    alive = Product.deleted_at.is_null()
    lowest = Product.select(fn.MIN(field).alias("value")).where(alive)
    values = lowest.cte("distinct_values", recursive=True, columns=("value",))
    following = Product.select(fn.MIN(field)).where(alive, field > values.c.value)
    rest = Select((values,), (following,)).where(values.c.value.is_null(is_null=False))
    all_values = values.union_all(rest)
    rows = all_values.select_from(all_values.c.value).limit(most + 1).tuples()
    return [value for (value,) in rows if value is not None][:most]


def read_page(filters: Filters, sort: Sort, cursor: Cursor | None, limit: int) -> Page[Product]:
    """Return the page of matching products that a cursor leads to, or the first one."""
    total = count(filters)
    query = _matching(filters, *_columns(filters))
    if filters and total <= FEW:
        ids = _matching(filters, Product.id)
        query = Product.select(*_columns(filters)).where(Product.id.in_(ids))
    return keyset.read_page(query.namedtuples(), sort, cursor, limit, total)


def stream(
    filters: Filters, sort: Sort, cursor: Cursor | None, limit: int | None
) -> Generator[Product, None, None]:
    """Yield matching products one by one, all from one snapshot of the database."""
    query = _matching(filters, *_columns(filters))
    with snapshot("read products"):
        yield from keyset.stream(query.namedtuples(), sort, cursor, limit)


def _matching(filters: Filters, *columns: Any) -> Any:
    conditions = [CONDITIONS[name](value) for name, value in filters.items()]
    return Product.select(*columns).where(Product.deleted_at.is_null(), *conditions)


def _columns(filters: Filters) -> list[Any]:
    """Return the columns to select, with `earlier_price_minor` in lists of price drops.

    All columns of a product are `*`, because peewee takes a millisecond to write their names. It
    names foreign keys without `_id`, and a model has both names.
    """
    since = filters.get("price_dropped_since")
    drop = [] if since is None else [earlier_price(since).alias("earlier_price_minor")]
    return [Product.last_crawl.alias("last_crawl_id"), *drop, SQL("*")]
