"""Keyset pagination: read the rows after or before a cursor, in the order of a list.

The rows with a known value of the last sort column and those without are two queries, because that
is what ordinary indexes can answer in both directions. The second runs only if the first one did
not have enough rows.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from peewee import Expression, Tuple

from webapi.cursors import Cursor
from webapi.sorting import Sort


def read_page(query: Any, sort: Sort, cursor: Cursor | None, limit: int | None) -> list[Any]:
    """Return up to `limit` rows next to the cursor, or the first ones, in the order of the list."""
    is_backward = cursor is not None and cursor.direction == "before"
    parts = _parts(query, sort, cursor, descending=sort.descending != is_backward)
    rows = list(islice(chain.from_iterable(part.limit(limit) for part in parts), limit))
    return rows[::-1] if is_backward else rows


def stream(query: Any, sort: Sort, cursor: Cursor | None, limit: int | None) -> Iterator[Any]:
    """Yield the same rows as `read_page`, one by one as the database returns them."""
    if cursor is not None and cursor.direction == "before":
        yield from read_page(query, sort, cursor, limit)
        return
    parts = _parts(query, sort, cursor, descending=sort.descending)
    yield from islice(chain.from_iterable(part.iterator() for part in parts), limit)


def _parts(query: Any, sort: Sort, cursor: Cursor | None, *, descending: bool) -> list[Any]:
    """Return the queries whose rows follow each other in the direction of reading."""
    ids = query.order_by(_directed(sort.id, descending=descending))
    if not sort.columns:
        return [ids if cursor is None else ids.where(_beyond(sort, cursor, descending=descending))]
    columns = [_directed(column, descending=descending) for column in (*sort.columns, sort.id)]
    last = sort.columns[-1]
    known = query.where(last.is_null(is_null=False)).order_by(*columns)
    unknown = [ids.where(last.is_null())] if last.null else []
    is_backward = cursor is not None and cursor.direction == "before"
    if cursor is None:
        return [known, *unknown]
    beyond = _beyond(sort, cursor, descending=descending)
    if cursor.values is None:
        ahead = [part.where(beyond) for part in unknown]
        return [*ahead, known] if is_backward else ahead
    return [known.where(beyond)] if is_backward else [known.where(beyond), *unknown]


def _directed(column: Any, *, descending: bool) -> Any:
    return column.desc() if descending else column.asc()


def _beyond(sort: Sort, cursor: Cursor, *, descending: bool) -> Expression:
    """Return the condition (column, …, id) > (value, …, id), or < in descending order."""
    columns = (*sort.columns, sort.id) if cursor.values else (sort.id,)
    return Expression(
        Tuple(*columns), "<" if descending else ">", Tuple(*(cursor.values or ()), cursor.id)
    )
