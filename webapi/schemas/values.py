"""Parse values of JSON bodies and query parameters.

Each parser takes a JSON value, with numbers as int or Decimal, and raises ValueError with what the
value must be. marshmallow is not used because it is too lax: it takes "4.5" for a number, lone
surrogates for a text, and 1E+99999999 for an amount.
"""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from db.addresses import secure_address
from db.edits import EDITABLE
from db.identifiers import global_id
from db.texts import has_control_characters, is_visible

Parser = Callable[[Any], Any]

LONGEST_TEXT: Final = 1000
AMOUNT: Final = r"^[0-9]{1,16}(\.[0-9]{1,3})?$"
"""`db.money` checks which amounts a currency can have."""

_AMOUNT: Final = re.compile(AMOUNT.strip("^$"), re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", re.ASCII | re.IGNORECASE
)
_LEAP_SECOND: Final = re.compile(r":60(?=[.Z+-])", re.IGNORECASE)
_NUMBERS: Final = {
    "integer": re.compile(r"-?[0-9]{1,16}", re.ASCII),
    "number": re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII),
}


def from_query(text: str, json_type: str) -> Any:
    """Return the text of a query parameter as a JSON number if its type is one, or as it is."""
    pattern = _NUMBERS.get(json_type)
    return Decimal(text) if pattern and pattern.fullmatch(text) else text


def text(value: Any) -> str:
    """Parse a text on one line with something to see, and fold its white space."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must be Unicode without lone surrogates")
    if has_control_characters(value):
        raise ValueError("must not have control characters, such as line breaks")
    if not is_visible(value):
        raise ValueError("must have a visible character")
    folded = " ".join(value.split())
    if len(folded) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    return folded


def words(value: str) -> tuple[str, ...]:
    """Parse the words of a search. NUL, which ends a text in SQLite, separates words too."""
    if not 1 <= len(value) <= LONGEST_TEXT:
        raise ValueError(f"must have 1 to {LONGEST_TEXT} characters")
    return tuple(value.replace("\0", " ").split())


def address(value: Any) -> str:
    """Parse an absolute URL: https, or http on this machine."""
    kept = secure_address(value, base="http:") if isinstance(value, str) else None
    if kept is None or (value.strip().startswith("http:") and kept.startswith("https:")):
        raise ValueError("must be an absolute https address")
    return kept


def amount(value: Any) -> Decimal:
    """Parse an amount of money: a decimal string, or a number."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    if _is_number(value) and value >= 0:
        return Decimal(value)
    raise ValueError('must be an amount of money from 0 up, like "12.34"')


def number(least: int, most: int) -> Callable[[Any], float]:
    """Return a parser of numbers in a range."""

    def parse(value: Any) -> float:
        if not _is_number(value) or not least <= value <= most:
            raise ValueError(f"must be a number from {least} to {most}")
        return float(value)

    return parse


def whole_number(least: int, most: int) -> Callable[[Any], int]:
    """Return a parser of whole numbers in a range."""

    def parse(value: Any) -> int:
        if not _is_number(value) or not least <= value <= most or value != int(value):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def boolean(value: str) -> bool:
    """Parse a boolean query parameter."""
    if value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value == "true"


def one_of(choices: Collection[str], meaning: str) -> Callable[[Any], str]:
    """Return a parser that accepts only these texts. `meaning` says what they are."""

    def parse(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"must be {meaning}")
        return value

    return parse


def aliexpress_id(value: Any) -> str:
    """Parse a product id of the site, and make it the global one."""
    found = global_id(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a product id of AliExpress, a text of digits")
    return found


def field_names(value: Any) -> frozenset[str]:
    """Parse a list of names of editable fields."""
    if not isinstance(value, list) or not all(name in sorted(EDITABLE) for name in value):
        raise ValueError(f"must be a list with some of {', '.join(sorted(EDITABLE))}")
    return frozenset(value)


def instant(value: str) -> datetime:
    """Parse an instant (RFC 3339), or a day, which begins at midnight in UTC."""
    if not _INSTANT.fullmatch(value):
        raise ValueError("must be an instant like 2026-11-23T08:30:00Z, or a day like 2026-11-23")
    existing = _LEAP_SECOND.sub(":59", value)  # datetime has no leap seconds
    try:
        at = datetime.fromisoformat(existing.upper())
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an instant that the calendar has") from None


def _is_number(value: Any) -> bool:
    """Return whether a value is a number. The web form can send NaN and Infinity as Decimals."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)
