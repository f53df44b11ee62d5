"""Queries about price drops. Prices are compared only with earlier ones that are comparable."""

from datetime import datetime
from typing import Any

from peewee import fn

from db.comparable_prices import comparable_prices
from db.models import Observation, Product


def price_dropped_since(since: datetime) -> Any:
    """Return the condition that the price is lower now than it was at an instant.

    Both prices are prices that crawls saw. One that was edited through the API is not, even if it
    is released since: it stays until the next crawl.
    """
    return (
        (Product.price_dropped_at >= since)
        & (earlier_price(since) > Product.price_minor)
        & (_latest_price() == Product.price_minor)
        & ~Product.edited_fields.contains('"price"')
    )


def earlier_price(since: datetime) -> Any:
    """Return the price in minor units at an instant, or else the first one seen after it."""
    seen = Observation.alias()
    prices = comparable_prices(seen, Product, Product.id)
    before = prices.where(seen.seen_at < since).order_by(seen.id.desc()).limit(1)
    return fn.COALESCE(before, prices.order_by(seen.id).limit(1))


def newest_drops(count: int) -> list[tuple[Product, Observation, int]]:
    """Return the products whose prices dropped last, newest first.

    Each comes with the observation of the lower price and the price before, in minor units.
    """
    query = (
        Observation.select(Observation, Product, _previous_price().alias("earlier_price_minor"))
        .join(Product, on=(Observation.product == Product.id))
        .where(
            Product.deleted_at.is_null(),
            Product.price_dropped_at.is_null(is_null=False),
            Observation.seen_at == Product.price_dropped_at,
            Observation.price_minor < _previous_price(),
        )
        .order_by(Product.price_dropped_at.desc(), Product.id.desc())
        .limit(count)
    )
    rows: list[Any] = list(query)
    return [(seen.product, seen, seen.earlier_price_minor) for seen in rows]


def _latest_price() -> Any:
    """Return the price in minor units that a crawl saw last."""
    seen = Observation.alias()
    prices = comparable_prices(seen, Product, Product.id)
    return prices.order_by(seen.id.desc()).limit(1)


def _previous_price() -> Any:
    """Return the comparable price observed before the present observation."""
    before = Observation.alias()
    prices = comparable_prices(before, Observation, Observation.product)
    return prices.where(before.id < Observation.id).order_by(before.id.desc()).limit(1)
