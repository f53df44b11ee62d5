"""What crawls saw of a product, and what its prices come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from statistics import median_high, median_low
from typing import Protocol

from db.models import Observation
from db.money import Money
from webapi.cursors import Cursor, Place
from webapi.services.pages import Page, Pages


@dataclass(frozen=True, slots=True)
class PriceChange:
    """When a crawl saw another price than the one before, and both."""

    at: datetime
    earlier: Money
    later: Money


@dataclass(frozen=True, slots=True)
class PriceSummary:
    """The prices of a product in one currency, over the entries of its history.

    Of two middle prices the median is half-way between, rounded half to even where that is no
    whole minor unit.
    """

    currency: str
    lowest: Money
    highest: Money
    median: Money
    last_change: PriceChange | None


class Histories(Protocol):
    """What the service asks of a repository of observations."""

    def page(
        self, product_id: int, count: int, cursor: Cursor | None = None
    ) -> Sequence[Observation]: ...

    def count(self, product_id: int) -> int: ...

    def prices(self, product_id: int) -> Sequence[Observation]: ...


class HistoryService:
    """Answers questions about what crawls saw of a product."""

    def __init__(self, histories: Histories) -> None:
        self.histories = histories

    def page(self, product_id: int, limit: int, cursor: Cursor | None = None) -> Page[Observation]:
        """A page of a product's history, oldest first."""
        pages = Pages(partial(self.histories.page, product_id), lambda seen: Place(seen.id))
        return pages.at(cursor, limit, self.histories.count(product_id))

    def prices(self, product_id: int) -> list[PriceSummary]:
        """What the prices come to, one summary for each currency, in the order of their codes."""
        seen = self.histories.prices(product_id)
        currencies = sorted({str(entry.currency) for entry in seen})
        return [
            summarize([entry for entry in seen if entry.currency == code]) for code in currencies
        ]


def summarize(seen: Sequence[Observation]) -> PriceSummary:
    """What prices of one currency, oldest first and at least one, come to."""
    currency = str(seen[0].currency)
    prices = [entry.price_minor for entry in seen]
    changes = [
        PriceChange(now.seen_at, Money(was.price_minor, currency), Money(now.price_minor, currency))
        for was, now in pairwise(seen)
        if was.price_minor != now.price_minor
    ]
    middle = round((median_low(prices) + median_high(prices)) / 2)
    return PriceSummary(
        currency,
        Money(min(prices), currency),
        Money(max(prices), currency),
        Money(middle, currency),
        changes[-1] if changes else None,
    )
