"""Fields of JSON representations and query parameters: OpenAPI schema and parser in one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.texts import VISIBLE
from webapi.schemas import values
from webapi.schemas.values import Parser

Schema = dict[str, Any]

NULLABLE: Final[Schema] = {"x-nullable": True}
"""Swagger 2.0 has no null. Generators of clients and Swagger UI read this extension."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a representation, or a query parameter. Read-only fields have no parser."""

    schema: Schema
    parse: Parser | None = None
    nullable: bool = True

    @property
    def documentation(self) -> Schema:
        """The schema of the field in an object."""
        read_only = {} if self.parse else {"readOnly": True}
        return {**self.schema, **(NULLABLE if self.nullable else {}), **read_only}


def string(
    description: str,
    example: str,
    parse: Parser | None = None,
    *,
    nullable: bool = True,
    **schema: Any,
) -> Field:
    """Return a field with a string."""
    described = {"type": "string", "description": description, "example": example}
    return Field(described | schema, parse, nullable)


def words(description: str, example: str, *, nullable: bool = True) -> Field:
    """Return a field with a text on one line that has a visible character."""
    return string(
        description,
        example,
        values.text,
        nullable=nullable,
        minLength=1,
        maxLength=values.LONGEST_TEXT,
        pattern=VISIBLE,
    )


def choice(description: str, example: str, choices: Collection[str], meaning: str) -> Field:
    """Return a field with one of some strings. `meaning` says in errors what they are."""
    return string(description, example, values.one_of(choices, meaning), enum=list(choices))


def amount(description: str, example: str, *, nullable: bool = True) -> Field:
    """Return a field with an amount of money."""
    meaning = f"{description}; a decimal string with the digits of the currency"
    return string(meaning, example, values.amount, nullable=nullable, pattern=values.AMOUNT)


def instant(description: str, parse: Parser | None = None, *, nullable: bool = False) -> Field:
    """Return a field with an instant."""
    example = "2026-11-23T08:30:00.000000Z"
    return string(description, example, parse, nullable=nullable, format="date-time")


def number(description: str, example: float, least: int, most: int) -> Field:
    """Return a field with a number in a range: a whole one if the example is."""
    is_whole = isinstance(example, int)
    described = {"type": "integer" if is_whole else "number", "description": description}
    limits = {"minimum": least, "maximum": most, "example": example}
    parse = values.whole_number(least, most) if is_whole else values.number(least, most)
    return Field(described | limits, parse)


def integer(description: str, example: int = 0, *, nullable: bool = False) -> Field:
    """Return a read-only field with a whole number from 0 up."""
    described = {"type": "integer", "description": description, "example": example, "minimum": 0}
    return Field(described, nullable=nullable)


def object_schema(fields: Mapping[str, Field]) -> Schema:
    """Return the schema of an object that has all of these fields."""
    return {
        "type": "object",
        "properties": {name: field.documentation for name, field in fields.items()},
        "required": list(fields),
        "example": {name: field.schema["example"] for name, field in fields.items()},
    }
