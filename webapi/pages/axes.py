"""Ticks of the charts' axes: round values and round instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from db.currencies import minor_digits

MOST_TICKS: Final = 8
"""On the time axis; a phone shows every second one."""
_INTERVALS: Final = 4
"""On the value axis, at most; that is five values."""
_NICE: Final = (10, 20, 25, 50)
"""Tenths of the round numbers, which are these times a power of ten."""

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_FIXED: Final = (
    *(_SECOND * n for n in (1, 5, 15, 30)),
    *(_MINUTE * n for n in (1, 5, 15, 30)),
    *(_HOUR * n for n in (1, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7)),
)
"""Distances of ticks up to a week. Weeks are counted from a Monday."""
_MONDAY: Final = datetime(2001, 1, 1, tzinfo=UTC)
_MONTHS: Final = (1, 3, 6, 12)
_MIDDLE: Final = 15


@dataclass(frozen=True, slots=True)
class TimeTick:
    """A round instant on the time axis and its label."""

    at: datetime
    label: str


def value_ticks(lowest: int, highest: int, smallest: int = 1) -> list[int]:
    """Return 2 to 5 round values at equal distances that enclose both ends.

    `smallest` is the smallest distance that makes sense. Values below zero are left out.

    >>> value_ticks(4799, 6130), value_ticks(95, 213)
    ([4500, 5000, 5500, 6000, 6500], [50, 100, 150, 200, 250])
    """
    if lowest == highest:
        margin = max(smallest, highest // 10)
        lowest, highest = max(0, lowest - margin), highest + margin
    for step in _nice_numbers(smallest):
        first, last = lowest // step, -(-highest // step)
        if last - first <= _INTERVALS:
            return [number * step for number in range(first, last + 1)]
    raise AssertionError("there is always a larger step")


def money_step(currency: str) -> int:
    """Return the smallest distance of money ticks in minor units: a tenth of the main unit."""
    step: int = 10 ** max(0, minor_digits(currency) - 1)
    return step


def time_ticks(begin: datetime, end: datetime) -> list[TimeTick]:
    """Return at most `MOST_TICKS` round instants from begin to end, with labels, in UTC.

    The distance is the smallest one that fits: seconds, minutes, hours, days, weeks, the first and
    the fifteenth of a month, months or years.
    """
    for step in _FIXED:
        if (end - begin) / step <= MOST_TICKS:
            return [TimeTick(at, _label(at, step)) for at in _multiples(begin, end, step)]
    halves = list(_month_days(begin, end, (1, _MIDDLE)))
    if len(halves) <= MOST_TICKS:
        return [TimeTick(at, f"{at.day} {at:%b}") for at in halves]
    for months in _MONTHS:
        found = [at for at in _month_days(begin, end, (1,)) if (at.month - 1) % months == 0]
        if len(found) <= MOST_TICKS:
            return [TimeTick(at, f"{at:%b %Y}" if at.month == 1 else f"{at:%b}") for at in found]
    januaries = [at for at in _month_days(begin, end, (1,)) if at.month == 1]
    every = -(-len(januaries) // MOST_TICKS)
    return [TimeTick(at, f"{at.year}") for at in januaries[::every]]


def _nice_numbers(smallest: int) -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 25, 50, … from the smallest on."""
    for power in count():
        for nice in _NICE:
            number, rest = divmod(nice * 10**power, 10)
            if not rest and number >= smallest:
                yield number


def _multiples(begin: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    at = _MONDAY + -(-(begin - _MONDAY) // step) * step
    while at <= end:
        yield at
        at += step


def _month_days(begin: datetime, end: datetime, days: tuple[int, ...]) -> Iterator[datetime]:
    """Yield these days of each month, at midnight."""
    year, month = begin.year, begin.month
    while (year, month) <= (end.year, end.month):
        for day in days:
            at = datetime(year, month, day, tzinfo=UTC)
            if begin <= at <= end:
                yield at
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004


def _label(at: datetime, step: timedelta) -> str:
    if step < _MINUTE:
        return f"{at:%H:%M:%S}"
    if step < _DAY:
        return f"{at:%H:%M}" if (at.hour, at.minute) != (0, 0) else f"{at.day} {at:%b}"
    return f"{at.day} {at:%b}"
