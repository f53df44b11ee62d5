"""From the text of a parameter to a value of the domain; a ValueError says what it must be."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

MOST_PER_PAGE: Final = 100
LONGEST_TEXT: Final = 1000
MOST_UNITS: Final = 10**15
HIGHEST_RATING: Final = 5

AMOUNT: Final = re.compile(r"^[0-9]{1,13}(\.[0-9]{1,3})?$", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_INSTANT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-]\d\d):(\d\d)))?",
    re.ASCII | re.IGNORECASE,
)


def words(text: str) -> tuple[str, ...]:
    """The words of a search; NUL, which ends a text for SQLite, parts words too."""
    _within(text)
    return tuple(text.replace("\0", " ").split())


def name(text: str) -> str:
    """A name, white space folded as it is in what is stored."""
    _within(text)
    return " ".join(text.split())


def limit(text: str) -> int:
    """How many rows a page has at most."""
    number = int(text) if _WHOLE.fullmatch(text) else 0
    if not 1 <= number <= MOST_PER_PAGE:
        raise ValueError(f"must be a number from 1 to {MOST_PER_PAGE}")
    return number


def units(text: str) -> int:
    """A whole number from 0 up."""
    if not _WHOLE.fullmatch(text) or int(text) > MOST_UNITS:
        raise ValueError("must be a whole number from 0 up")
    return int(text)


def rating(text: str) -> float:
    """Stars out of five."""
    if not _NUMBER.fullmatch(text) or not 0 <= float(text) <= HIGHEST_RATING:
        raise ValueError(f"must be a number from 0 to {HIGHEST_RATING}")
    return float(text)


def amount(text: str) -> Decimal:
    """An amount of money."""
    if not AMOUNT.match(text) or text.endswith("\n"):
        raise ValueError("must be an amount of money from 0 up, like 12.34")
    return Decimal(text)


def yes_or_no(text: str) -> bool:
    """True or false, as JSON writes them."""
    return one_of(("true", "false"), "true or false")(text) == "true"


def one_of(choices: Collection[str], meaning: str) -> Callable[[str], str]:
    """A reader that takes these texts and no other; `meaning` is what a text must be."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be {meaning}")
        return text

    return read


def instant(text: str) -> datetime:
    """An instant of RFC 3339, or a day, which begins at midnight in UTC."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError("must be an instant like 2026-11-23T08:30:00Z, or a day like 2026-11-23")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = int((match[7] or "")[:6].ljust(6, "0"))
    offset = timedelta(hours=int(match[8] or 0))
    offset += timedelta(minutes=int(match[9] or 0)) * (
        -1 if (match[8] or "").startswith("-") else 1
    )
    try:
        # a leap second, which RFC 3339 allows and datetime does not, is taken for the one before
        at = datetime(
            year, month, day, hour, minute, min(second, 59), fraction, tzinfo=timezone(offset)
        )
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an instant that the calendar has") from None


def _within(text: str) -> None:
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise ValueError(f"must have 1 to {LONGEST_TEXT} characters")
