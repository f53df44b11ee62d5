"""The chart of the last crawls: one column per run, with the outcome as a shape under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.models import Crawl
from webapi.pages import words
from webapi.pages.runs import kind_of, outcome_of, outcomes_in_words
from webapi.pages.words import When

SLOTS: Final = 30
"""How many runs are shown; phones show the newest `FEW_SLOTS`."""
FEW_SLOTS: Final = 14
FEWEST_SLOTS: Final = 10
"""So that the columns of a few runs are not as wide as posters."""
TOP: Final = 12
BOTTOM: Final = 104
_LABELS: Final = 4
"""How many dates stand under the columns, at most."""
_COLUMN: Final = 0.74
"""Of its slot."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a column, in pixels."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A run; x, middle and width are in per cent of the plot."""

    x: float
    middle: float
    width: float
    parts: Sequence[Part]
    kind: str
    outcome: str
    began: When
    label: str
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """The chart; `is_long` where phones leave out the older half."""

    columns: Sequence[Column]
    values: Sequence[tuple[float, str]]
    summary: str
    kinds: Sequence[tuple[str, str]]
    is_long: bool


def column_chart(crawls: Sequence[Crawl], now: datetime) -> ColumnChart:
    """Return the chart of some crawls, which are in order, newest first."""
    shown = list(reversed(crawls[:SLOTS]))
    is_long = len(shown) > FEW_SLOTS
    slots = SLOTS if is_long else max(len(shown), FEWEST_SLOTS)
    highest = max([1, *map(_total, shown)])
    slot = 100 / slots
    first = slots - len(shown)
    labelled = _labelled(len(shown))
    columns = [
        _column(crawl, (first + number) * slot, slot, highest, now, has_label=number in labelled)
        for number, crawl in enumerate(shown)
    ]
    kinds = {column.kind: column.outcome for column in columns}
    return ColumnChart(
        columns=columns,
        values=[(_y(value, highest), f"{value:,}") for value in (0, highest)],
        summary=f"{_which(len(shown))}: {outcomes_in_words(crawls[:SLOTS])}.",
        kinds=list(kinds.items()),
        is_long=is_long,
    )


def _which(number: int) -> str:
    return "The only crawl" if number == 1 else f"The last {number} crawls"


def _total(crawl: Crawl) -> int:
    return int(crawl.new + crawl.changed + crawl.unchanged)


def _y(value: float, highest: int) -> float:
    return round(BOTTOM - value / highest * (BOTTOM - TOP), 2)


def _column(  # noqa: PLR0913  # a column's place and what it shows
    crawl: Crawl, x: float, slot: float, highest: int, now: datetime, *, has_label: bool
) -> Column:
    outcome = outcome_of(crawl)
    parts = []
    base = 0
    for kind in ("new", "changed", "unchanged"):
        number = getattr(crawl, kind)
        if number:
            top, bottom = _y(base + number, highest), _y(base, highest)
            parts.append(Part(kind, top, round(bottom - top, 2)))
            base += number
    return Column(
        x=round(x + slot * (1 - _COLUMN) / 2, 3),
        middle=round(x + slot / 2, 3),
        width=round(slot * _COLUMN, 3),
        parts=parts,
        kind=kind_of(outcome),
        outcome=outcome,
        began=words.when(crawl.started_at, now),
        label=words.day(crawl.started_at, now) if has_label else "",
        new=crawl.new,
        changed=crawl.changed,
        unchanged=crawl.unchanged,
    )


def _labelled(number: int) -> set[int]:
    """Return which columns have a date under them: the newest, and others at equal distances."""
    distance = max(1, -(-number // _LABELS))
    return set(range(number - 1, -1, -distance))
