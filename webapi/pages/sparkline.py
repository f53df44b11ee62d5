"""The small price line of a card."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from webapi.pages.steps import Steps, only_steps

WIDTH: Final = 48
HEIGHT: Final = 22
MARGIN: Final = 3
"""For the dot at the end, in pixels."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A path in a box of `WIDTH` by `HEIGHT` pixels, and the dot at its end."""

    path: str
    x: int
    y: float
    kind: str


def sparkline(parts: Steps, kind: str) -> Sparkline | None:
    """Draw the steps of a price; None where there was one price only. `kind` colours the dot."""
    steps = only_steps(parts)
    values = [step.value for step in steps]
    if len(set(values)) < 2:  # noqa: PLR2004  # one price makes no line worth looking at
        return None
    begin, end = steps[0].begin, steps[-1].end
    span = (end - begin).total_seconds() or 1.0
    lowest, highest = min(values), max(values)

    def x(at: datetime) -> str:
        return f"{(at - begin).total_seconds() / span * (WIDTH - MARGIN):.1f}"

    def y(value: int) -> str:
        share = (highest - value) / (highest - lowest)
        return f"{MARGIN + share * (HEIGHT - 2 * MARGIN):.1f}"

    path = f"M{x(begin)} {y(values[0])}"
    for step in steps:
        path += f"V{y(step.value)}H{x(step.end)}"
    return Sparkline(path, WIDTH - MARGIN, float(y(values[-1])), kind)
