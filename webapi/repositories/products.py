"""Read single products, and the values that lists can be filtered by."""

from typing import Any

from peewee import SQL, Select, fn

from db.database import kept_sql
from db.models import Product
from db.statements import Statement, parameter


def get(product_id: int) -> Product | None:
    """Return the product with an id, to be changed, or None."""
    return Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())


def find(product_id: int, columns: tuple[str, ...] = ("*",)) -> Any:
    """Return some columns of the product with an id, by default all, or None."""
    rows = _one(columns).rows({"id": product_id})
    return rows[0] if rows else None


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


@kept_sql
def _one(columns: tuple[str, ...]) -> Statement:
    is_it = (Product.id == parameter("id")) & Product.deleted_at.is_null()
    return Statement(Product.select(*map(SQL, columns)).where(is_it))
