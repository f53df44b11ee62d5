"""The newest price drops, for the feed."""

from dataclasses import dataclass
from datetime import datetime

from db.currencies import known_currency
from db.models import Product
from db.money import Money
from webapi.repositories import price_drops


@dataclass(frozen=True, slots=True)
class PriceDrop:
    """The last price drop of a product that a crawl observed, in one currency."""

    product: Product
    at: datetime
    earlier: Money
    later: Money


def newest_price_drops(count: int) -> list[PriceDrop]:
    """Return the last price drops of `count` products in known currencies, newest first."""
    return [
        PriceDrop(
            product,
            seen.seen_at,
            Money(earlier, str(seen.currency)),
            Money(seen.price_minor, str(seen.currency)),
        )
        for product, seen, earlier in price_drops.newest_drops(count)
        if known_currency(seen.currency)
    ]
