"""Products and observations as rows that were never stored, for tests of what pages show."""

from datetime import UTC, datetime, timedelta
from typing import Any

from db.models import Observation, Product

NOW = datetime(2026, 11, 24, 8, 17, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def seen(days: float, price: int | None, currency: str | None = "USD", **facts: Any) -> Observation:
    """Return an observation made the given number of days ago."""
    return Observation(seen_at=days_ago(days), price_minor=price, currency=currency, **facts)


def product(**facts: Any) -> Product:
    """Return a product that a crawl last saw two hours ago."""
    blank: dict[str, Any] = {
        "id": 7, "title": "Canvas Shoes", "currency": "USD", "price_minor": 5178,
        "edited_fields": frozenset(), "first_seen_at": days_ago(30), "created_at": days_ago(30),
        "updated_at": days_ago(2), "last_seen_at": days_ago(2 / 24),
    }  # fmt: skip
    return Product(**(blank | facts))
