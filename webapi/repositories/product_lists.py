"""Read lists of products that are not deleted.

Rows are named tuples with the columns of a product: models take longer to make than all the rest of
a request. For the same reason the SQL text of each kind of list is kept.
"""

from collections.abc import Generator, Mapping
from typing import Any, Final

from peewee import OP, SQL, Expression, Select, fn

from db.database import database, kept_sql, snapshot
from db.models import Product
from db.statements import Statement, parameter
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.repositories.filters import CONDITIONS, Filters, stored_values
from webapi.repositories.keyset import Page
from webapi.repositories.price_drops import earlier_price
from webapi.sorting import Sort

FilterNames = tuple[tuple[str, Any], ...]
"""The names of filters. Beside one whose value changes the text of the query, the value."""
CursorForm = tuple[Any, int | None] | None
"""The direction of a cursor and its number of values, which change the text of the query."""
CHANGE_THE_TEXT: Final = {"free_shipping"}
"""Filters that have another condition for each value."""

FEW: Final = 5_000
"""Largest number of matching products that are found first and sorted afterwards.

If more match, products are read in sort order until a page is full. SQLite keeps no statistics of
values, so it cannot choose by itself.
"""


def count(filters: Filters) -> int:
    """Return how many products match."""
    statement = _count(_filter_names(filters)) if filters else _count_all()
    return int(statement.scalar(stored_values(filters)))


def read_page(filters: Filters, sort: Sort, cursor: Cursor | None, limit: int) -> Page[Product]:
    """Return the page of matching products that a cursor leads to, or the first one."""
    total = count(filters)
    if total == 0:
        return Page([], 0, None, None)
    are_few = bool(filters) and total <= FEW
    values = stored_values(filters) | _cursor_values(cursor)
    rows: list[Any] = []
    for statement in _lists(_filter_names(filters), sort, _cursor_form(cursor), are_few=are_few):
        if len(rows) <= limit:
            rows += statement.rows(values | {"limit": limit + 1 - len(rows)})
    is_backward = cursor is not None and cursor.direction == "before"
    return keyset.page_of(rows[::-1] if is_backward else rows, sort, cursor, limit, total)


def stream(
    filters: Filters, sort: Sort, cursor: Cursor | None, limit: int | None
) -> Generator[Product, None, None]:
    """Yield matching products one by one, all from one snapshot of the database."""
    values = stored_values(filters)
    crawl_id = Product.last_crawl.alias("last_crawl_id")  # peewee's rows have it as `last_crawl`
    columns = [crawl_id, *_columns(values)]
    query = _matching(values, *columns)
    with snapshot("read products"):
        yield from keyset.stream(query.namedtuples(), sort, cursor, limit)


def _filter_names(filters: Filters) -> FilterNames:
    return tuple((name, filters[name] if name in CHANGE_THE_TEXT else None) for name in filters)


def _parameters(names: FilterNames) -> dict[str, Any]:
    return {name: parameter(name) if value is None else value for name, value in names}


def _cursor_form(cursor: Cursor | None) -> CursorForm:
    if cursor is None:
        return None
    return cursor.direction, None if cursor.values is None else len(cursor.values)


def _cursor_values(cursor: Cursor | None) -> dict[str, Any]:
    if cursor is None:
        return {}
    values = {f"value {number}": value for number, value in enumerate(cursor.values or ())}
    return values | {"cursor id": cursor.id}


@kept_sql
def _count_all() -> Statement:
    """Return all rows less the deleted ones: SQLite counts whole tables without reading rows."""
    rows = Product.select(fn.COUNT(SQL("*")))
    is_deleted = Product.deleted_at.is_null(is_null=False) == SQL("TRUE")  # as in its index
    others = Expression(rows, OP.SUB, rows.where(is_deleted))  # between queries, `-` is EXCEPT
    return Statement(Select(columns=[others]).bind(database))


@kept_sql
def _count(names: FilterNames) -> Statement:
    return Statement(_matching(_parameters(names), fn.COUNT(SQL("*"))))


@kept_sql
def _lists(names: FilterNames, sort: Sort, form: CursorForm, *, are_few: bool) -> list[Statement]:
    """Return the statements that read a page one after the other, until it is full."""
    values = _parameters(names)
    query = _matching(values, *_columns(values))
    if are_few:
        ids = _matching(values, Product.id)
        query = Product.select(*_columns(values)).where(Product.id.in_(ids))
    cursor = None
    if form is not None:
        direction, count = form
        places = None if count is None else tuple(parameter(f"value {n}") for n in range(count))
        cursor = Cursor(direction, places, parameter("cursor id"))  # type: ignore[arg-type]  # its place
    parts = keyset.parts(query, sort, cursor)
    return [Statement(part.limit(parameter("limit"))) for part in parts]


def _matching(values: Mapping[str, Any], *columns: Any) -> Any:
    conditions = [CONDITIONS[name](value) for name, value in values.items()]
    return Product.select(*columns).where(Product.deleted_at.is_null(), *conditions)


def _columns(values: Mapping[str, Any]) -> list[Any]:
    """Return the columns to select, with `earlier_price_minor` in lists of price drops."""
    since = values.get("price_dropped_since")
    drop = [] if since is None else [earlier_price(since).alias("earlier_price_minor")]
    return [*drop, SQL("*")]
