"""Keyset pagination: read the rows after or before a cursor, in the order of a list.

The rows with a known value of the last sort column and those without are two queries, because that
is what ordinary indexes can answer in both directions. The second runs only if the first one did
not have enough rows.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from peewee import Expression, Tuple

from db.database import stream_rows
from webapi.cursors import Cursor
from webapi.sorting import Sort

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, and how many rows the whole list has.

    `next` and `prev` are None at the ends of the list. `prev` may lead to an empty page, if the
    rows before this page have been deleted since.
    """

    items: Sequence[Row]
    total: int
    next: Cursor | None
    prev: Cursor | None


def read_page(query: Any, sort: Sort, cursor: Cursor | None, limit: int, total: int) -> Page[Any]:
    """Return the page that a cursor leads to, or the first one.

    One row more than `limit` is read to find out whether there are more.
    """
    if total == 0:
        return Page([], 0, None, None)
    return page_of(_read(query, sort, cursor, limit + 1), sort, cursor, limit, total)


def page_of(
    rows: Sequence[Any], sort: Sort, cursor: Cursor | None, limit: int, total: int
) -> Page[Any]:
    """Return the page of rows that are in the order of the list, one more than `limit` if any."""
    is_backward = cursor is not None and cursor.direction == "before"
    items = rows[-limit:] if is_backward else rows[:limit]
    if not items:
        return Page(items, total, None, None)
    has_more = len(rows) > limit
    has_next = is_backward or has_more
    has_prev = has_more if is_backward else cursor is not None
    return Page(
        items,
        total,
        Cursor.of(items[-1], "after", sort) if has_next else None,
        Cursor.of(items[0], "before", sort) if has_prev else None,
    )


def stream(
    query: Any, sort: Sort, cursor: Cursor | None, limit: int | None
) -> Generator[Any, None, None]:
    """Yield up to `limit` rows after or before a cursor, or all of them as they are read."""
    if limit is not None or (cursor is not None and cursor.direction == "before"):
        yield from _read(query, sort, cursor, limit)
        return
    for part in parts(query, sort, cursor):
        yield from stream_rows(part)


def _read(query: Any, sort: Sort, cursor: Cursor | None, limit: int | None) -> list[Any]:
    is_backward = cursor is not None and cursor.direction == "before"
    rows: list[Any] = []
    for part in parts(query, sort, cursor):
        left = None if limit is None else limit - len(rows)
        if left != 0:
            rows += list(part.limit(left))
    return rows[::-1] if is_backward else rows


def parts(query: Any, sort: Sort, cursor: Cursor | None) -> list[Any]:
    """Return the queries whose rows follow each other in the direction of reading."""
    is_backward = cursor is not None and cursor.direction == "before"
    descending = sort.descending != is_backward
    *columns, by_id = [
        column.desc() if descending else column.asc() for column in (*sort.columns, sort.id)
    ]
    if not columns:
        return [_from(query.order_by(by_id), sort, cursor, descending=descending)]
    last = sort.columns[-1]
    known = query.where(last.is_null(is_null=False)).order_by(*columns, by_id)
    unknown = [query.where(last.is_null()).order_by(by_id)] if last.null else []
    if cursor is None:
        return [known, *unknown]
    if cursor.values is None:
        rest = [_from(part, sort, cursor, descending=descending) for part in unknown]
        return [*rest, known] if cursor.direction == "before" else rest
    rest = [_from(known, sort, cursor, descending=descending)]
    return rest if cursor.direction == "before" else [*rest, *unknown]


def _from(query: Any, sort: Sort, cursor: Cursor | None, *, descending: bool) -> Any:
    """Add the condition (column, …, id) > (value, …, id), or < in descending order."""
    if cursor is None:
        return query
    columns = (*sort.columns, sort.id) if cursor.values else (sort.id,)
    position = Tuple(*(cursor.values or ()), cursor.id)
    return query.where(Expression(Tuple(*columns), "<" if descending else ">", position))
