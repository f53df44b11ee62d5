"""The price history of a product: what crawls observed, and a summary of the prices."""

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.currencies import known_currency
from db.models import Observation
from db.money import Money
from webapi.cursors import Cursor
from webapi.repositories import history
from webapi.repositories.history import Seen
from webapi.repositories.keyset import Page


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that differs from the one observed before it."""

    at: datetime
    earlier: Money
    later: Money


@dataclass(frozen=True, slots=True)
class PriceSummary:
    """The prices of a product in one currency, over all entries of its history.

    Only prices of one variant and condition are among them: those of the latest price.
    The median of an even number of prices is the average of the two in the middle, rounded half to
    even to a whole minor unit.
    """

    currency: str
    lowest: Money
    highest: Money
    median: Money
    last_change: PriceChange | None


def list_observations(
    product_id: int, limit: int, cursor: Cursor | None = None
) -> Page[Observation]:
    """Return a page of a product's history, oldest first."""
    return history.read_page(product_id, cursor, limit)


def export_observations(
    product_id: int, limit: int | None, cursor: Cursor | None = None
) -> Generator[Observation]:
    """Yield a product's history, or up to `limit` entries from a cursor on, as of one instant."""
    return history.stream(product_id, cursor, limit)


def newest_observations(product_ids: Collection[int], count: int) -> Mapping[int, Sequence[Seen]]:
    """Return the newest observations of each product, at most `count`, oldest first."""
    return history.read_newest(product_ids, count)


def summarize_prices(product_id: int) -> list[PriceSummary]:
    """Return a summary for each known currency of a product's prices, sorted by currency code."""
    changes = {
        row["currency"]: PriceChange(
            row["at"],
            Money(row["earlier"], row["currency"]),
            Money(row["later"], row["currency"]),
        )
        for row in history.last_price_changes(product_id)
        if known_currency(row["currency"])
    }
    return [
        PriceSummary(
            row["currency"],
            Money(row["lowest"], row["currency"]),
            Money(row["highest"], row["currency"]),
            Money(round(row["median"]), row["currency"]),
            changes.get(row["currency"]),
        )
        for row in history.price_statistics(product_id)
        if known_currency(row["currency"])
    ]
