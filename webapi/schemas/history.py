"""The representations of an observation and of the summary of a product's prices."""

from collections.abc import Mapping
from typing import Any, Final

from db.currencies import MINOR_DIGITS, known_currency
from db.fields import format_instant
from db.models import Observation
from webapi.schemas.fields import Field, amount, instant, integer
from webapi.schemas.products import PRODUCT, show_amount
from webapi.services.history import PriceSummary

OBSERVED: Final = (
    "currency",
    "price",
    "price_condition",
    "sku_id",
    "list_price",
    "shipping_price",
    "star_rating",
    "units_sold",
)

OBSERVATION: Final[Mapping[str, Field]] = {
    "seen_at": instant("when the crawl saw it"),
    "crawl_id": integer("the crawl", 1),
    **{name: PRODUCT[name] for name in OBSERVED},
}

PRICE_CHANGE: Final[Mapping[str, Field]] = {
    "at": instant("when a crawl saw it"),
    "earlier": amount("the price before", "27.99", nullable=False),
    "later": amount("the price from then on", "23.99", nullable=False),
}

PRICE_SUMMARY: Final[Mapping[str, Field]] = {
    "currency": PRODUCT["currency"],
    "lowest": amount("the lowest price seen", "21.50", nullable=False),
    "highest": amount("the highest price seen", "27.99", nullable=False),
    "median": amount("the median of the prices seen", "23.99", nullable=False),
}
"""Besides there is `last_change`, which is a PRICE_CHANGE or null."""


def represent_observation(seen: Observation) -> dict[str, Any]:
    """Return an entry of a product's history, with the names of a product's facts."""
    digits = MINOR_DIGITS.get(seen.currency or "")
    return {
        "seen_at": format_instant(seen.seen_at),
        "crawl_id": seen.crawl_id,
        "currency": known_currency(seen.currency),
        "price": show_amount(seen.price_minor, digits),
        "price_condition": seen.price_condition,
        "sku_id": seen.sku_id,
        "list_price": show_amount(seen.list_price_minor, digits),
        "shipping_price": show_amount(seen.shipping_price_minor, digits),
        "star_rating": seen.star_rating,
        "units_sold": seen.units_sold,
    }


def represent_prices(summary: PriceSummary) -> dict[str, Any]:
    """Return the summary of the prices in one currency."""
    change = summary.last_change
    return {
        "currency": summary.currency,
        "lowest": str(summary.lowest.amount),
        "highest": str(summary.highest.amount),
        "median": str(summary.median.amount),
        "last_change": change
        and {
            "at": format_instant(change.at),
            "earlier": str(change.earlier.amount),
            "later": str(change.later.amount),
        },
    }
