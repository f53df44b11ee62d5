"""Cursors of keyset pagination: the position of a row in the sort order.

A cursor is the base64 of a JSON array: the direction, the values of the sort columns and the id.
Writes to other rows do not move it. It is neither signed nor secret.
"""

import json
import math
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import orjson

from db.fields import parse_instant
from webapi.errors import InvalidQuery
from webapi.sorting import Sort

_LARGEST: Final = 2**63 - 1
_INVALID: Final = "Invalid cursor. Use the next or prev link of this list."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows after, or before, the row with these sort values and this id.

    `values` has one value for each sort column, as stored, or is None where the last is null.
    """

    direction: Literal["after", "before"]
    values: tuple[Any, ...] | None
    id: int

    @classmethod
    def of(cls, row: Any, direction: Literal["after", "before"], sort: Sort) -> Self:
        """Return the cursor of the rows after or before a row of a list."""
        values = tuple(column.db_value(getattr(row, column.name)) for column in sort.columns)
        is_known = not values or values[-1] is not None
        return cls(direction, values if is_known else None, row.id)

    @classmethod
    def parse(cls, token: str, sort: Sort) -> Self:
        """Parse the token of a cursor of a list with this sort order. Raise InvalidQuery."""
        try:
            decoded = b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            direction, values, number = json.loads(decoded)
        except (ValueError, TypeError, RecursionError):
            raise InvalidQuery(_INVALID) from None
        if direction not in ("after", "before") or not _is_integer(number):
            raise InvalidQuery(_INVALID)
        if values is None and sort.columns and sort.columns[-1].null:
            return cls(direction, None, number)
        if not isinstance(values, list) or not _have_types(values, sort):
            raise InvalidQuery(_INVALID)
        return cls(direction, tuple(values), number)

    @property
    def token(self) -> str:
        """The cursor as the value of the `cursor` parameter."""
        content = [self.direction, self.values, self.id]
        return urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def _have_types(values: list[Any], sort: Sort) -> bool:
    """Return whether there is one value for each sort column, of the column's type."""
    return len(values) == len(sort.columns) and all(
        _CHECKS[type(column).__name__](value)
        for column, value in zip(sort.columns, values, strict=True)
    )


def _is_integer(value: Any) -> bool:
    return type(value) is int and -_LARGEST <= value <= _LARGEST


def _is_number(value: Any) -> bool:
    return _is_integer(value) or (type(value) is float and math.isfinite(value))


def _is_text(value: Any) -> bool:
    """Return whether a value is a text that can be stored: one without lone surrogates."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def _is_instant(value: Any) -> bool:
    try:
        return _is_text(value) and parse_instant(value).tzinfo is not None
    except ValueError:
        return False


_CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "BigIntegerField": _is_integer,
    "DoubleField": _is_number,
    "TextField": _is_text,
    "InstantField": _is_instant,
}
"""Which values a column of each type can have."""
