"""What a field of a representation is: its documentation, the value shown, the value taken."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from db.fields import format_instant
from db.money import Money
from webapi.schemas.readers import AMOUNT, HIGHEST_RATING, LONGEST_TEXT, MOST_UNITS, Reader

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a product; without a reader it is read-only."""

    schema: Schema
    show: Callable[[Any, str], Any] = getattr
    read: Reader | None = None
    nullable: bool = True

    @property
    def documentation(self) -> Schema:
        """The field for Swagger 2.0, which knows no null: its interface reads `x-nullable`."""
        extra: Schema = {"x-nullable": True} if self.nullable else {}
        return {**self.schema, **extra} | ({} if self.read else {"readOnly": True})


def text(description: str, example: str) -> Schema:
    """The schema of a text."""
    return {"type": "string", "description": description, "example": example}


def money(row: Any, name: str) -> str | None:
    """The amount in the column of that name, with the digits of the row's currency."""
    minor = getattr(row, f"{name}_minor")
    if minor is None or row.currency is None:
        return None
    return str(Money(minor, row.currency).amount)


def utc(row: Any, name: str) -> str | None:
    """The instant in the column of that name; it is shown as it is kept."""
    at = getattr(row, name)
    shown: str | None = format_instant(at) if isinstance(at, datetime) else at
    return shown


def sorted_names(row: Any, name: str) -> list[str]:
    """The names in the column of that name, which are kept as sorted JSON."""
    names = getattr(row, name)
    shown: list[str] = json.loads(names) if isinstance(names, str) else sorted(names)
    return shown


def amount(description: str, example: str = "23.99", *, read: Reader | None = None) -> Field:
    """A field of money."""
    meaning = f"{description}; a decimal string with the digits of the currency"
    return Field({**text(meaning, example), "pattern": AMOUNT}, money, read)


def instant(description: str, *, nullable: bool = False) -> Field:
    """A field that says when."""
    schema = {**text(description, "2026-11-23T08:30:00.000000Z"), "format": "date-time"}
    return Field(schema, utc, nullable=nullable)


STARS: Final[Schema] = {
    "type": "number",
    "minimum": 0,
    "maximum": HIGHEST_RATING,
    "example": 4.8,
}
UNITS: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": MOST_UNITS, "example": 1376}
WORDS: Final[Schema] = {
    "minLength": 1,
    "maxLength": LONGEST_TEXT,
    "pattern": r"^[^\x00]*[^\x00\s\x1c-\x1f\x85][^\x00]*$",
}
"""Of a text that a person writes: something but white space, and no NUL.

The separators of ASCII and NEL are white space to Python, but not to `\\s` in ECMA's patterns.
"""
ADDRESS: Final[Schema] = {"format": "uri"}


def document(fields: Mapping[str, Field]) -> Schema:
    """The schema of an object with these fields, all of them there."""
    return {
        "type": "object",
        "properties": {name: field.documentation for name, field in fields.items()},
        "required": list(fields),
    }


def show(fields: Mapping[str, Field], row: Any) -> dict[str, Any]:
    """An object as JSON shows it: amounts as decimal strings, instants in UTC, unknown as null."""
    return {name: field.show(row, name) for name, field in fields.items()}
