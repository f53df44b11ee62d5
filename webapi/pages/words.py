"""Dates, durations, numbers and money as people read them, in English."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from babel.numbers import format_currency, get_currency_symbol

from db.fields import format_instant
from db.money import Money

UNKNOWN: Final = "Unknown"
_LOCALE: Final = "en_US"
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_MONTH_DAYS: Final = 30
_YEAR_DAYS: Final = 365
_DAYS_BEFORE_MONTHS: Final = 60


@dataclass(frozen=True, slots=True)
class When:
    """One instant in the three forms that a `<time>` element has."""

    relative: str
    """As "2 hours ago"."""
    exact: str
    """As "2026-11-24 06:17 UTC", for the tooltip."""
    machine: str
    """RFC 3339, for the `datetime` attribute."""
    moment: str
    """As "Tue 24 Nov, 06:17", where the date stands as text."""


def when(at: datetime, now: datetime) -> When:
    """Return an instant as the pages show it."""
    return When(relative(at, now), exact(at), format_instant(at), moment(at, now))


def relative(at: datetime, now: datetime) -> str:
    """Return how long ago an instant was: "just now", "2 hours ago", "yesterday".

    An instant in the future, as a clock that is slightly wrong gives it, is "just now".
    """
    seconds = (now - at).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{plural(int(seconds // _MINUTE), 'minute')} ago"
    if seconds < _DAY:
        return f"{plural(int(seconds // _HOUR), 'hour')} ago"
    days = _days_between(at, now)
    return "yesterday" if days <= 1 else f"{days_text(days)} ago"


def held_for(since: datetime, now: datetime) -> str | None:
    """Return for how many days something has held, or None for less than one day."""
    days = _days_between(since, now)
    return days_text(days) if days >= 1 else None


def days_text(days: int) -> str:
    """Return a number of days in days, months or years.

    >>> days_text(9), days_text(95), days_text(800)
    ('9 days', '3 months', '2 years')
    """
    if days < _DAYS_BEFORE_MONTHS:
        return plural(days, "day")
    if days < _YEAR_DAYS:
        return plural(days // _MONTH_DAYS, "month")
    return plural(days // _YEAR_DAYS, "year")


def exact(at: datetime) -> str:
    """Return an instant to the minute, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def moment(at: datetime, now: datetime) -> str:
    """Return a date with weekday and time in UTC; the year stands there if it is another one."""
    local = at.astimezone(UTC)
    year = "" if local.year == now.astimezone(UTC).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def day(at: datetime, now: datetime) -> str:
    """Return a date in UTC, as "24 Nov"; the year stands there if it is another one."""
    local = at.astimezone(UTC)
    year = "" if local.year == now.astimezone(UTC).year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def period(begin: datetime, end: datetime, now: datetime) -> str:
    """Return a period in days, or with times where it began and ended on the same day."""
    first, last = day(begin, now), day(end, now)
    if first != last:
        return f"{first} – {last}"  # noqa: RUF001  # an en dash joins two dates
    if begin == end:
        return first
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    return f"{first}, {begin:%H:%M} – {end:%H:%M}"  # noqa: RUF001  # as above


def duration(length: timedelta) -> str:
    """Return a duration.

    >>> duration(timedelta(seconds=6.24)), duration(timedelta(seconds=192))
    ('6.2 s', '3 min 12 s')
    """
    seconds = max(0.0, length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE)} min"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> plural(1, "day"), plural(1200, "product")
    ('1 day', '1,200 products')
    """
    return f"{number:,} {noun if number == 1 else noun + 's'}"


@lru_cache(maxsize=10_000)
def money_text(minor: int, currency: str) -> str:
    """Return an amount of minor units in the form of its currency, with all its digits.

    >>> money_text(124999, "BRL"), money_text(4180, "JPY")
    ('R$1,249.99', '¥4,180')
    """
    amount = Money(minor, currency).amount
    digits = -int(amount.as_tuple().exponent)
    # Not the digits that babel knows: for some currencies they are fewer than ISO 4217 has, and
    # babel would round.
    fraction = f".{'0' * digits}" if digits else ""
    space = "\N{NO-BREAK SPACE}" if get_currency_symbol(currency, _LOCALE)[-1].isalpha() else ""
    pattern = f"¤{space}#,##0{fraction}"
    return format_currency(amount, currency, pattern, _LOCALE, currency_digits=False)


def percent(part: float, whole: float) -> str:
    """Return a share in whole per cent; what is above 0 is never shown as 0%."""
    share = part / whole * 100
    return "<1%" if 0 < share < 1 else f"{share:.0f}%"


def _days_between(at: datetime, now: datetime) -> int:
    """Return the difference of two dates in UTC, in days."""
    return (now.astimezone(UTC).date() - at.astimezone(UTC).date()).days
