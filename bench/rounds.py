"""Measure several programs in turn, so that a change of the machine's speed meets all of them."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

Measured = TypeVar("Measured")

Figures = Mapping[str, Sequence[float]]
"""The figures of each program, one for each round."""


def interleave(
    programs: Mapping[str, Callable[[], Measured]], rounds: int
) -> Mapping[str, Sequence[Measured]]:
    """Return the figures of all programs, measured in turn: A B C A B C."""
    figures: dict[str, list[Measured]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, measure in programs.items():
            figures[name].append(measure())
    return figures


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios of two programs, round by round.

    >>> ratio([4.0, 9.0, 2.0], [2.0, 3.0, 1.0])
    2.0
    """
    return median(a / b for a, b in zip(one, other, strict=True))


def print_table(title: str, unit: str, figures: Figures) -> None:
    """Print the median of each program, and its lowest and highest figure."""
    print(f"\n{title} ({unit}; median, lowest, highest)")
    for name, values in figures.items():
        print(f"  {name:<34}{median(values):>10.4g}{min(values):>10.4g}{max(values):>10.4g}")
