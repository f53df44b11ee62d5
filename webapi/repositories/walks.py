"""The way through an ordered list from a place: stretches that an index answers, one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from db.models import Product
from webapi.criteria import Order
from webapi.cursors import Cursor, Place, Value

Fields = Callable[[str], Any]
"""Gives the column of a name."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a list: its conditions, and what orders it."""

    where: list[Any]
    order_by: list[Any]


class Walk:
    """One direction through an order, from a cursor or from the beginning.

    `backward` walks go from the cursor towards the beginning of the list.
    """

    def __init__(self, order: Order, cursor: Cursor | None) -> None:
        self._columns: Final = order.columns
        self._descending: Final = order.descending
        self._place: Final = cursor.place if cursor else None
        self.backward: Final = cursor is not None and cursor.side == "before"
        self.falling: Final = order.descending != self.backward

    def stretches(self, fields: Fields, number: Any) -> list[Stretch]:
        """The stretches that lie ahead; `number` is the column of ids.

        After a place (a, b, id) lie the rows with a and b alike and an id beyond it, those with a
        alike and b beyond, and those with a beyond; in each the rest of the order's index is in
        order. The rows whose value is unknown are a stretch of their own at the list's end.
        """
        unknown = self._unknown(fields, number)
        if self._place is None:
            known = [self._known(fields, number)]
            return [*unknown, *known] if self.backward else [*known, *unknown]
        if self._place.values is None:
            beyond = self._beyond(number, self._place.id)
            ahead = [Stretch([*one.where, beyond], one.order_by) for one in unknown]
            return [*ahead, self._known(fields, number)] if self.backward else ahead
        ahead = self._after(fields, number, self._place, self._place.values)
        return ahead if self.backward else [*ahead, *unknown]

    def _after(
        self, fields: Fields, number: Any, place: Place, values: tuple[Value, ...]
    ) -> list[Stretch]:
        known = self._known(fields, number)
        steps = list(zip(map(fields, self._columns), values, strict=True))
        ahead = []
        for length in range(len(steps), -1, -1):
            alike = [field == value for field, value in steps[:length]]
            edge = (number, place.id) if length == len(steps) else steps[length]
            where = [*known.where, *alike, self._beyond(*edge)]
            ahead.append(Stretch(where, known.order_by))
        return ahead

    def place_of(self, row: Any, number: int) -> Place:
        """Where a row stands; `row` has the columns of the order."""
        if self._columns and getattr(row, self._columns[-1]) is None:
            return Place(number, None, self._descending)
        values = tuple(self._raw(row, column) for column in self._columns)
        return Place(number, values, self._descending)

    def sort(self, places: list[Any]) -> None:
        """Put rows from several queries, each with its place, in the order of the walk."""
        places.sort(key=lambda row: (row.place.values or (), row.place.id), reverse=self.falling)
        places.sort(key=lambda row: row.place.values is None, reverse=self.backward)

    def _known(self, fields: Fields, number: Any) -> Stretch:
        columns = [fields(name) for name in self._columns]
        where = [column.is_null(is_null=False) for column in columns[-1:]]
        return Stretch(where, [self._directed(column) for column in (*columns, number)])

    def _unknown(self, fields: Fields, number: Any) -> list[Stretch]:
        """The stretch of unknown values, by id, where there can be some."""
        return [
            Stretch([fields(name).is_null()], [self._directed(number)])
            for name in self._columns[-1:]
            if getattr(Product, name).null
        ]

    def _directed(self, column: Any) -> Any:
        return column.desc() if self.falling else column.asc()

    def _beyond(self, column: Any, value: Any) -> Any:
        return column < value if self.falling else column > value

    @staticmethod
    def _raw(row: Any, column: str) -> Any:
        """The value as the database keeps it, by which it is ordered."""
        field: Any = getattr(Product, column)
        return field.db_value(getattr(row, column))
