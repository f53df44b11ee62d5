"""Pages of a list, with the places where the next and the previous one begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from webapi.cursors import Cursor, Place

Row = TypeVar("Row")

Fetch = Callable[[int, Cursor | None], Sequence[Row]]
"""Gives up to so many rows on a cursor's side of its place, in the order of the list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list; `next` and `prev` are None where there are no more."""

    items: Sequence[Row]
    total: int
    next: Cursor | None
    prev: Cursor | None


@dataclass(frozen=True, slots=True)
class Pages(Generic[Row]):
    """A list to take pages of, which knows where each row stands."""

    fetch: Fetch[Row]
    place_of: Callable[[Row], Place]
    as_of: int = 0

    def at(self, cursor: Cursor | None, limit: int, total: int) -> Page[Row]:
        """The page of at most `limit` rows at a cursor, or the first one."""
        backward = cursor is not None and cursor.side == "before"
        found = self.fetch(limit + 1, cursor)
        items = found[-limit:] if backward else found[:limit]
        if not items:
            return Page(items, total, *self._around_nothing(cursor))
        before = Cursor("before", self.place_of(items[0]), self.as_of)
        after = Cursor("after", self.place_of(items[-1]), self.as_of)
        is_more = len(found) > limit
        if backward:
            return Page(items, total, self._open(after), before if is_more else None)
        prev = self._open(before) if cursor is not None else None
        return Page(items, total, after if is_more else None, prev)

    def _around_nothing(self, cursor: Cursor | None) -> tuple[Cursor | None, Cursor | None]:
        """The ways back from a page beyond all rows: to the other side of its place."""
        if cursor is None:
            return None, None
        if cursor.side == "after":
            return None, self._open(Cursor("before", cursor.place.following(), cursor.as_of))
        return self._open(Cursor("after", cursor.place.preceding(), cursor.as_of)), None

    def _open(self, cursor: Cursor) -> Cursor | None:
        """The cursor, where it leads to a row."""
        return cursor if self.fetch(1, cursor) else None
