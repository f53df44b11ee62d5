"""Pages of a list, with the cursors of the next and the previous one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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


def paginate(
    rows: Sequence[Row], sort: Sort, cursor: Cursor | None, limit: int, total: int
) -> Page[Row]:
    """Return the page for a cursor; `rows` are up to `limit` + 1 rows that were read next to it."""
    is_backward = cursor is not None and cursor.direction == "before"
    items = rows[-limit:] if is_backward else rows[:limit]
    if not items:
        return Page(items, total, None, None)
    has_more = len(rows) > limit
    after = Cursor.of(items[-1], "after", sort) if is_backward or has_more else None
    begins = has_more if is_backward else cursor is not None
    return Page(items, total, after, Cursor.of(items[0], "before", sort) if begins else None)
