"""Column types: instants in UTC, sets of field names, and JSON."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from peewee import TextField


def format_instant(instant: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC, with fixed digits so that texts sort as instants.

    >>> format_instant(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    '2026-11-23T08:30:00.000000Z'

    Raises ValueError for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone.")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def file_instant(now: datetime | None = None) -> str:
    """Return an instant for the names of files, which sort by it.

    >>> file_instant(datetime(2026, 11, 27, 6, 17, tzinfo=UTC))
    '20261127T061700.000000Z'
    """
    return (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")


def parse_instant(text: str) -> datetime:
    """Return the instant that `format_instant` wrote."""
    return datetime.fromisoformat(text)


class InstantField(TextField):
    """An aware UTC instant, kept as RFC 3339 text: readable in any tool, ordered as text."""

    def db_value(self, value: Any) -> Any:
        return format_instant(value) if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        return value if value is None else parse_instant(value)


NO_NAMES: Final = "[]"
"""How an empty set of names is stored, as most products have one."""


class NamesField(TextField):
    """A set of names, kept as a sorted JSON array."""

    def db_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return json.dumps(sorted(value)) if value else NO_NAMES

    def python_value(self, value: Any) -> Any:
        return frozenset() if value == NO_NAMES else frozenset(json.loads(value))


class JSONTextField(TextField):
    """A JSON value, kept as text."""

    def db_value(self, value: Any) -> Any:
        return value if value is None else json.dumps(value)

    def python_value(self, value: Any) -> Any:
        return value if value is None else json.loads(value)
