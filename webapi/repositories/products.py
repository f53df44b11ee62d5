"""Queries of products that are not deleted."""

from collections.abc import Generator
from typing import Any, Final

from peewee import fn

from db.database import snapshot, storage_errors
from db.models import Product
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.repositories.filters import Filters, conditions
from webapi.repositories.price_drops import earlier_price
from webapi.sorting import Sort

FEW: Final = 5_000
"""Up to so many matching products are found first and sorted then; more are read in sort order.

SQLite keeps no statistics of values, so it cannot know which is faster.
"""


def get(product_id: int) -> Product | None:
    """Return the product with an id, or None."""
    with storage_errors("read a product"):
        return Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())


def count(filters: Filters) -> int:
    """Return how many products match."""
    with storage_errors("count products"):
        query = Product.select(fn.COUNT(Product.id)).where(*conditions(filters))
        return int(query.scalar())


def read_page(
    filters: Filters, sort: Sort, cursor: Cursor | None, limit: int, total: int
) -> list[Product]:
    """Return up to `limit` of the `total` matching products next to the cursor."""
    query = _select(filters)
    if filters and total <= FEW:
        query = query.where(Product.id.in_(Product.select(Product.id).where(*conditions(filters))))
    else:
        query = query.where(*conditions(filters))
    with storage_errors("read products"):
        return keyset.read_page(query, sort, cursor, limit)


def stream(
    filters: Filters, sort: Sort, cursor: Cursor | None, limit: int | None
) -> Generator[Product]:
    """Yield matching products one by one, all from one snapshot of the database."""
    query = _select(filters).where(*conditions(filters))
    with snapshot("read products"):
        yield from keyset.stream(query, sort, cursor, limit)


def _select(filters: Filters) -> Any:
    """Return a query of products, with `earlier_price_minor` in lists of price drops."""
    since = filters.get("price_dropped_since")
    if since is None:
        return Product.select()
    return Product.select(Product, earlier_price(since).alias("earlier_price_minor"))
