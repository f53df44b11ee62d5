"""The history of a product: charts of its price and units sold, their tables, and the range."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from db.comparable_prices import is_comparable
from db.currencies import minor_digits
from webapi.pages import chart, facts, words
from webapi.pages.axes import money_step
from webapi.pages.chart import Chart, Series
from webapi.pages.steps import (
    Step,
    comparable_steps,
    currencies_of,
    money_steps,
    only_steps,
    price_steps,
    steps_of,
)
from webapi.pages.words import When, money_text

_LIST_PRICE_FITS: Final = 1.5
"""A list price that is higher than this many times the highest price would flatten the line."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A row of the table under a price chart."""

    since: When
    price: str
    list_price: str


@dataclass(frozen=True, slots=True)
class PriceChart:
    """The price history in one currency; without a chart if no price was seen."""

    currency: str
    chart: Chart
    summary: str
    median: str | None
    has_list_price: bool
    rows: Sequence[PriceRow]


@dataclass(frozen=True, slots=True)
class UnitsChart:
    """The units sold over time."""

    chart: Chart
    summary: str
    rows: Sequence[tuple[When, str]]


@dataclass(frozen=True, slots=True)
class End:
    """One end of the range of prices."""

    value: str
    day: str


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Where today's price and the median are between lowest and highest, in per cent."""

    lowest: End
    highest: End
    median: str
    median_x: float
    today_x: float


def _end(product: Any, observations: Sequence[Any]) -> datetime:
    """Return when the product was last seen; its lines end there."""
    seen_at: datetime = product.last_seen_at or observations[-1].seen_at
    observed_at: datetime = observations[-1].seen_at
    return max(seen_at, observed_at)


def price_charts(product: Any, observations: Sequence[Any], now: datetime) -> list[PriceChart]:
    """Return a chart for each currency in which prices were seen, the latest first."""
    return [
        _price_chart(observations, currency, _end(product, observations), now)
        for currency in currencies_of(observations)
    ]


def _price_chart(
    observations: Sequence[Any], currency: str, end: datetime, now: datetime
) -> PriceChart:
    parts = price_steps(observations, currency, end)
    steps = only_steps(parts)
    listed = money_steps(observations, "list_price_minor", currency, parts[-1].end)
    highest = max(step.value for step in steps)
    fits = all(step.value <= highest * _LIST_PRICE_FITS for step in only_steps(listed))
    drawn = listed if fits else []
    ticks = chart.enclosing_ticks([*steps, *only_steps(drawn)], money_step(currency))
    middle = median_of(observations, currency)
    is_flat = len({step.value for step in comparable_steps(steps)}) == 1

    def show(minor: int) -> str:
        return money_text(minor, currency)

    return PriceChart(
        currency=currency,
        chart=chart.step_chart(
            chart.PRICE,
            Series(parts, ticks, show, tick_label(currency), second=drawn, median=middle),
            now,
        ),
        summary=_summary(steps),
        median=None if is_flat else show(middle),
        has_list_price=bool(only_steps(drawn)),
        rows=_rows(observations, currency, end, now),
    )


def tick_label(currency: str) -> Callable[[int], str]:
    """Return a function that shows money without minor units where these are all zero."""
    unit: int = 10 ** minor_digits(currency)

    def label(minor: int) -> str:
        text = money_text(minor, currency)
        return text.rpartition(".")[0] if unit > 1 and minor % unit == 0 else text

    return label


def median_of(observations: Sequence[Any], currency: str) -> int:
    """Return the median of the prices that were observed, as the API's history has it."""
    priced = [
        seen for seen in observations if seen.currency == currency and seen.price_minor is not None
    ]
    prices: list[int] = sorted(
        seen.price_minor for seen in priced if is_comparable(seen, priced[-1])
    )
    middle = len(prices) // 2
    return round((prices[middle] + prices[~middle]) / 2)


def _summary(steps: Sequence[Step[int]]) -> str:
    days = (steps[-1].end.date() - steps[0].begin.date()).days
    changes = sum(a.value != b.value for a, b in pairwise(comparable_steps(steps)))
    length = words.days_text(days) if days else "Less than a day"
    return f"{length}, {words.plural(changes, 'change')}. A price holds until a crawl sees another."


def _rows(
    observations: Sequence[Any], currency: str, end: datetime, now: datetime
) -> list[PriceRow]:
    """Return each price and list price with the day since which it held, newest first."""

    def amounts(seen: Any) -> tuple[int, int | None] | None:
        has_price = seen.currency == currency and seen.price_minor is not None
        return (seen.price_minor, seen.list_price_minor) if has_price else None

    rows = []
    for part in reversed(steps_of(observations, amounts, end)):
        price, listed = part.value if isinstance(part, Step) else (None, None)
        rows.append(
            PriceRow(
                words.when(part.begin, now),
                "No price was seen" if price is None else money_text(price, currency),
                "" if listed is None else money_text(listed, currency),
            )
        )
    return rows


def price_range(product: Any, observations: Sequence[Any], now: datetime) -> PriceRange | None:
    """Return the range of the price in its present currency, or None for a single price."""
    if facts.money_of(product, "price") is None or not observations:
        return None
    currency = product.currency
    steps = only_steps(price_steps(observations, currency, _end(product, observations)))
    steps = comparable_steps(steps) if steps else []
    latest_first = list(reversed(steps))
    if len({step.value for step in steps}) < 2:  # noqa: PLR2004  # one price has no range
        return None
    lowest = min(latest_first, key=lambda step: step.value)
    highest = max(latest_first, key=lambda step: step.value)
    middle = median_of(observations, currency)

    def x(value: int) -> float:
        share = (value - lowest.value) / (highest.value - lowest.value)
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    return PriceRange(
        lowest=End(money_text(lowest.value, currency), words.day(lowest.begin, now)),
        highest=End(money_text(highest.value, currency), words.day(highest.begin, now)),
        median=money_text(middle, currency),
        median_x=x(middle),
        today_x=x(product.price_minor),
    )


def units_chart(product: Any, observations: Sequence[Any], now: datetime) -> UnitsChart | None:
    """Return the chart of units sold, or None if no crawl saw a number."""
    if not observations:
        return None
    parts = steps_of(observations, lambda seen: seen.units_sold, _end(product, observations))
    steps = only_steps(parts)
    if not steps:
        return None
    ticks = chart.enclosing_ticks(steps, 1, from_zero=True)
    days = (steps[-1].end.date() - steps[0].begin.date()).days
    grown = steps[-1].value - steps[0].value
    return UnitsChart(
        chart=chart.step_chart(
            chart.UNITS, Series(parts, ticks, "{:,}".format, "{:,}".format), now
        ),
        summary=f"{grown:+,} in {words.days_text(days)}" if days and grown else "",
        rows=[(words.when(step.begin, now), f"{step.value:,}") for step in reversed(steps)],
    )
