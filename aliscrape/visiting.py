"""Which products are visited, what a visit brings, and when visits end."""

import re
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from aliscrape.outcomes import Outcome, report
from aliscrape.pages.product import ProductFacts
from aliscrape.parsers import parse_units_sold
from db.catalog import record_visit, without_details
from db.details import Details
from db.money import Money

BLOCKS_IN_A_ROW: Final = 3
"""So many blocked visits are the site's no to all of them."""

_DAYS: Final = re.compile(r"[0-9]{1,4}")
_FACTS: Final = {
    "store_name": "store_name",
    "shipping_price_minor": "shipping_price",
    "star_rating": "star_rating",
    "units_sold": "units_sold",
}


def max_age_of(settings: BaseSettings) -> timedelta:
    """How long a visit holds. Raises ValueError where the setting is no number of days."""
    days = str(settings["DETAILS_MAX_AGE_DAYS"])
    if not _DAYS.fullmatch(days):
        raise ValueError(
            f"DETAILS_MAX_AGE_DAYS is {days!r}; it must be a number of days, 0 to 9999."
        )
    return timedelta(days=int(days))


class Visiting:
    """The visits of a run: one product after the other, until none is left or the site says no."""

    def __init__(self, stats: StatsCollector, max_age: timedelta) -> None:
        self.stats = stats
        self.max_age = max_age
        self.waiting: deque[str] = deque()
        self.blocks = 0

    def choose(self, ids: Iterable[str]) -> None:
        """Queue the products whose store or shipping price neither listing nor catalog knows."""
        ordered = list(ids)
        wanted = without_details(ordered, datetime.now(UTC) - self.max_age)
        self.waiting.extend(number for number in ordered if number in wanted)

    def next(self) -> str | None:
        """The product to visit next, or None."""
        return self.waiting.popleft() if self.waiting else None

    def answered(self, aliexpress_id: str, facts: ProductFacts | None) -> None:
        """Store what a page told; None for one that says there is no such product.

        A page of another product fills nothing, and counts as failed.
        """
        if facts is not None and facts.aliexpress_id not in {None, aliexpress_id}:
            self.failed(aliexpress_id, f"its page is that of product {facts.aliexpress_id}")
            return
        self.blocks = 0
        self.stats.inc_value("visits/answered" if facts else "visits/gone")
        filled = record_visit(aliexpress_id, _details(aliexpress_id, facts) if facts else None)
        for column, fact in _FACTS.items():
            if column in filled:
                self.stats.inc_value(f"coverage/{fact}/product page")

    def failed(self, aliexpress_id: str, reason: str) -> None:
        """Report a visit that brought nothing."""
        self.blocks = 0
        self.stats.inc_value("visits/failed")
        self._partial(f"The visit of product {aliexpress_id} failed: {reason}.")

    def blocked(self, aliexpress_id: str) -> None:
        """Report a visit that the site blocked; three in a row end the visits."""
        self.blocks += 1
        self.stats.inc_value("visits/blocked")
        self._partial(f"The site blocked the visit of product {aliexpress_id}.")
        if self.blocks >= BLOCKS_IN_A_ROW:
            self.waiting.clear()

    def end(self, reason: str) -> None:
        """End the visits of this run, the listing's products are stored."""
        self.waiting.clear()
        self._partial(f"No product pages were visited from here on: {reason}")

    def _partial(self, reason: str) -> None:
        report(self.stats, Outcome.PARTIAL, reason)


def _details(aliexpress_id: str, facts: ProductFacts) -> Details:
    number = facts.units_sold_number
    price = facts.shipping
    return Details(
        aliexpress_id=aliexpress_id,
        store_name=facts.store_name,
        shipping_price=None if price is None else Money.of(price.amount, price.currency),
        shipping_text=facts.shipping_text,
        star_rating=None if facts.star_rating is None else float(facts.star_rating),
        units_sold=parse_units_sold(facts.units_sold_text) if number is None else number,
        units_sold_text=facts.units_sold_text,
    )
