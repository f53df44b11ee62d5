"""From observations to steps: periods in which a value held.

A value holds until an observation says another one. It is unknown from an observation without it
until the next one with it. The last value holds until the product was last seen, not until now.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Step(Generic[Value]):
    """A value and the period in which it held."""

    begin: datetime
    end: datetime
    value: Value


@dataclass(frozen=True, slots=True)
class Gap:
    """A period in which crawls saw the product without the value."""

    begin: datetime
    end: datetime


Steps = list[Step[int] | Gap]


def currencies_of(observations: Sequence[Any]) -> list[str]:
    """Return the currencies that prices were seen in, the latest first."""
    latest = [str(seen.currency) for seen in reversed(observations) if _has_price(seen)]
    return list(dict.fromkeys(latest))


def price_steps(observations: Sequence[Any], currency: str, end: datetime) -> Steps:
    """Return the steps of the price in one currency.

    Prices of another currency do not compare, so they are gaps here. What else makes prices
    incomparable, as a condition or another variant, would be told apart here too.
    """
    return money_steps(observations, "price_minor", currency, end)


def money_steps(observations: Sequence[Any], column: str, currency: str, end: datetime) -> Steps:
    """Return the steps of an amount in one currency, from its first to its last observation."""

    def value_of(seen: Any) -> int | None:
        value: int | None = getattr(seen, column)
        return value if seen.currency == currency else None

    return steps_of(observations, value_of, end)


def steps_of(
    observations: Sequence[Any],
    value_of: Callable[[Any], Value | None],
    end: datetime,
) -> list[Step[Value] | Gap]:
    """Return the steps and gaps of a value, oldest first, without gaps at either end.

    A value that is seen again is the same step.
    """
    changes = [(value, next(group).seen_at) for value, group in groupby(observations, value_of)]
    ends = [begin for _, begin in changes[1:]] + [end] * bool(changes)
    parts: list[Step[Value] | Gap] = [
        Gap(begin, until) if value is None else Step(begin, until, value)
        for (value, begin), until in zip(changes, ends, strict=True)
    ]
    known = [number for number, part in enumerate(parts) if isinstance(part, Step)]
    return parts[known[0] : known[-1] + 1] if known else []


def only_steps(parts: Iterable[Step[Value] | Gap]) -> list[Step[Value]]:
    """Return the steps without the gaps."""
    return [part for part in parts if isinstance(part, Step)]


def last_change(steps: Sequence[Step[int]]) -> tuple[Step[int], Step[int]] | None:
    """Return the last step with another value than the one before, and that one before."""
    for earlier, later in reversed(list(pairwise(steps))):
        if earlier.value != later.value:
            return earlier, later
    return None


def _has_price(seen: Any) -> bool:
    return seen.currency is not None and seen.price_minor is not None
