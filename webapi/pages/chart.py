"""The charts of a product: what a template draws as SVG.

x is in per cent of the plot and y in pixels, so that one drawing fits every width and text keeps
its size. Paths are drawn in a box of 100 by the chart's height that is stretched to the plot.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from webapi.pages import words
from webapi.pages.axes import time_ticks, value_ticks
from webapi.pages.steps import Gap, Step, Steps, comparable_steps, only_steps

FOCUSABLE: Final = 60
"""How many of the newest steps take the keyboard's focus without a script."""
_LEFT_THIRD: Final = 100 / 3
_RIGHT_THIRD: Final = 200 / 3
_EDGE: Final = 4.0
"""Per cent; a label nearer to the plot's edge is aligned with it."""
_MARGIN: Final = 0.1
"""Of the values' range: room for the label under the lowest one."""
_NARROWEST: Final = 1.2
"""Per cent; the last step has no width where only the last crawl has seen its value."""
_CHARACTER: Final = 6.9
"""Width of a character of 12 px text in pixels, on average."""
_FLAG_PADDING: Final = 26
_AXIS_PADDING: Final = 10

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Frame:
    """Height of a chart, and where its plot begins and ends, in pixels from the top."""

    height: int
    top: int
    bottom: int


PRICE: Final = Frame(300, 40, 272)
UNITS: Final = Frame(132, 12, 102)


@dataclass(frozen=True, slots=True)
class Series:
    """What a chart draws: steps, the ticks that enclose them, and values in words.

    `second` is a dotted line beside the steps. With a `median`, lowest, highest and median are
    marked where there was more than one value.
    """

    parts: Steps
    values: Sequence[int]
    show: Callable[[int], str]
    show_tick: Callable[[int], str]
    second: Steps = field(default_factory=list)
    median: int | None = None


@dataclass(frozen=True, slots=True)
class ValueTick:
    """A grid line and its label."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the time axis; phones leave out the minor ones."""

    x: float
    label: str
    anchor: Anchor
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot with a label: the lowest or the highest value."""

    kind: Literal["lowest", "highest"]
    x: float
    y: float
    label: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Band:
    """A step to point at: a transparent area, and the flag, guide and dot that it shows."""

    x: float
    y: float
    area_x: float
    area_width: float
    value: str
    period: str
    flag_dx: float
    flag_width: float
    is_focusable: bool


@dataclass(frozen=True, slots=True)
class Hatch:
    """A period in which the value was unknown."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A step chart."""

    frame: Frame
    axis_width: int
    values: Sequence[ValueTick]
    ticks: Sequence[Tick]
    path: str
    second_path: str
    gaps: Sequence[Hatch]
    median_y: float | None
    marks: Sequence[Mark]
    bands: Sequence[Band]
    end_x: float
    end_y: float


class Plot:
    """Turns instants and values into places in a frame."""

    def __init__(self, frame: Frame, begin: datetime, end: datetime, values: Sequence[int]) -> None:
        self._frame = frame
        self._begin = begin
        self._span = (end - begin).total_seconds()
        self._lowest, self._highest = values[0], values[-1]

    def x(self, at: datetime) -> float:
        """Return per cent of the plot's width."""
        if not self._span:
            return 0.0
        return round((at - self._begin).total_seconds() / self._span * 100, 3)

    def end_x(self, at: datetime) -> float:
        """Return where a step ends; one that was seen a single time takes the whole width."""
        return self.x(at) if self._span else 100.0

    def y(self, value: float) -> float:
        """Return pixels from the top."""
        share = (self._highest - value) / (self._highest - self._lowest)
        return round(self._frame.top + share * (self._frame.bottom - self._frame.top), 1)

    def path(self, parts: Steps) -> str:
        """Return the SVG path of steps; it is interrupted where the value is unknown."""
        drawn = ""
        is_open = False
        for part in parts:
            if isinstance(part, Gap):
                is_open = False
                continue
            y = self.y(part.value)
            drawn += f"V{y}" if is_open else f"M{self.x(part.begin)} {y}"
            drawn += f"H{self.end_x(part.end)}"
            is_open = True
        return drawn


def step_chart(frame: Frame, series: Series, now: datetime) -> Chart:
    """Return the chart of a series, which has at least one step."""
    steps = only_steps(series.parts)
    begin, end = steps[0].begin, steps[-1].end
    plot = Plot(frame, begin, end, series.values)
    labels = [ValueTick(plot.y(value), series.show_tick(value)) for value in series.values]
    is_marked = (
        series.median is not None and len({step.value for step in comparable_steps(steps)}) > 1
    )
    return Chart(
        frame=frame,
        axis_width=round(max(len(label.label) for label in labels) * _CHARACTER) + _AXIS_PADDING,
        values=labels,
        ticks=_ticks(plot, begin, end, now),
        path=plot.path(series.parts),
        second_path=plot.path(series.second),
        gaps=[
            Hatch(plot.x(gap.begin), round(plot.x(gap.end) - plot.x(gap.begin), 3))
            for gap in series.parts
            if isinstance(gap, Gap) and gap.begin < gap.end
        ],
        median_y=plot.y(series.median) if is_marked and series.median is not None else None,
        marks=_marks(plot, steps, series.show) if is_marked else [],
        bands=_bands(plot, steps, series.show, now),
        end_x=100.0,
        end_y=plot.y(steps[-1].value),
    )


def enclosing_ticks(
    steps: Sequence[Step[int]], smallest: int, *, from_zero: bool = False
) -> list[int]:
    """Return the ticks of the value axis for some steps."""
    values = [step.value for step in steps]
    lowest, highest = min(values), max(values)
    if from_zero:
        return value_ticks(0, highest, smallest)
    margin = round((highest - lowest) * _MARGIN)
    return value_ticks(max(0, lowest - margin), highest, smallest)


def _ticks(plot: Plot, begin: datetime, end: datetime, now: datetime) -> list[Tick]:
    found = time_ticks(begin, end)
    if not found:  # so short a time that no round instant is in it
        return [Tick(0.0, words.day(begin, now), "start", is_minor=False)]
    return [
        Tick(plot.x(tick.at), tick.label, _anchor(plot.x(tick.at)), is_minor=number % 2 == 1)
        for number, tick in enumerate(found)
    ]


def _anchor(x: float, edge: float = _EDGE) -> Anchor:
    if x < edge:
        return "start"
    return "end" if x > 100 - edge else "middle"


def _marks(plot: Plot, steps: Sequence[Step[int]], show: Callable[[int], str]) -> list[Mark]:
    """Mark the lowest and the highest step; of equal ones the latest."""
    latest_first = list(reversed(comparable_steps(steps)))
    lowest = min(latest_first, key=lambda step: step.value)
    highest = max(latest_first, key=lambda step: step.value)
    return [_mark(plot, "highest", highest, show), _mark(plot, "lowest", lowest, show)]


def _mark(
    plot: Plot, kind: Literal["lowest", "highest"], step: Step[int], show: Callable[[int], str]
) -> Mark:
    x = round((plot.x(step.begin) + plot.end_x(step.end)) / 2, 3)
    label = f"{kind.capitalize()} {show(step.value)}"
    return Mark(kind, x, plot.y(step.value), label, _anchor(x, edge=18.0))


def _bands(
    plot: Plot, steps: Sequence[Step[int]], show: Callable[[int], str], now: datetime
) -> list[Band]:
    oldest_focusable = len(steps) - FOCUSABLE
    return [
        _band(plot, step, show(step.value), now, is_focusable=number >= oldest_focusable)
        for number, step in enumerate(steps)
    ]


def _band(plot: Plot, step: Step[int], value: str, now: datetime, *, is_focusable: bool) -> Band:
    x = plot.x(step.begin)
    period = words.period(step.begin, step.end, now)
    width = round((len(value) + len(period)) * _CHARACTER) + _FLAG_PADDING
    dx = 0.0 if x < _LEFT_THIRD else -width if x > _RIGHT_THIRD else -width / 2
    area_width = max(plot.end_x(step.end) - x, _NARROWEST)
    return Band(
        x=x,
        y=plot.y(step.value),
        area_x=round(min(x, 100 - area_width), 3),
        area_width=round(area_width, 3),
        value=value,
        period=period,
        flag_dx=dx,
        flag_width=width,
        is_focusable=is_focusable,
    )
