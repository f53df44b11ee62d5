"""From observations to steps: periods in which a value held.

A value holds until an observation says another one. It is unknown from an observation without it
until the next one with it. The last value holds until the product was last seen, not until now.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, Generic, TypeVar

from db.comparable_prices import is_comparable
from db.currencies import known_currency

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Step(Generic[Value]):
    """A value and the period in which it held, and the observation that it begins with."""

    begin: datetime
    end: datetime
    value: Value
    seen: Any = field(default=None, compare=False)


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

    Prices of another currency do not compare, so they are gaps here. Where the condition or the
    variant changes, an empty gap is between the steps, so that no line leads from one to the other.
    """

    def value_of(seen: Any) -> tuple[int, str | None, str | None] | None:
        if seen.currency != currency or seen.price_minor is None:
            return None
        return seen.price_minor, seen.condition_key, seen.sku_id

    parts: Steps = []
    for part in steps_of(observations, value_of, end):
        if isinstance(part, Gap):
            parts.append(part)
            continue
        before = parts[-1] if parts else None
        step = Step(part.begin, part.end, part.value[0], part.seen)
        if isinstance(before, Step) and is_comparable(before.seen, step.seen):
            if before.value == step.value:  # only what is known of the variant has changed
                parts.pop()
                step = Step(before.begin, step.end, step.value, step.seen)
        elif isinstance(before, Step):
            parts.append(Gap(step.begin, step.begin))
        parts.append(step)
    return parts


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
    changes = [(value, next(group)) for value, group in groupby(observations, value_of)]
    ends = [first.seen_at for _, first in changes[1:]] + [end] * bool(changes)
    parts: list[Step[Value] | Gap] = [
        Gap(first.seen_at, until) if value is None else Step(first.seen_at, until, value, first)
        for (value, first), until in zip(changes, ends, strict=True)
    ]
    known = [number for number, part in enumerate(parts) if isinstance(part, Step)]
    return parts[known[0] : known[-1] + 1] if known else []


def only_steps(parts: Iterable[Step[Value] | Gap]) -> list[Step[Value]]:
    """Return the steps without the gaps."""
    return [part for part in parts if isinstance(part, Step)]


def comparable_steps(steps: Sequence[Step[int]]) -> list[Step[int]]:
    """Return the steps of a price that compare with the last one."""
    return [step for step in steps if is_comparable(step.seen, steps[-1].seen)]


def last_change(steps: Sequence[Step[int]]) -> tuple[Step[int], Step[int]] | None:
    """Return the last step with another value than the comparable one before, and that one."""
    for earlier, later in reversed(list(pairwise(comparable_steps(steps)))):
        if earlier.value != later.value:
            return earlier, later
    return None


def _has_price(seen: Any) -> bool:
    return known_currency(seen.currency) is not None and seen.price_minor is not None
