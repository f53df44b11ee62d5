"""The history of a product: what crawls saw, whenever it differed from what the last one saw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.models import Observation
from db.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Difference:
    """How a sighting differs from the history: not at all, in something, or by a lower price."""

    observed: bool
    price_dropped: bool


def difference(product_id: int, sighting: Sighting) -> Difference:
    """Compare a sighting with what was observed of the product; prices only within a currency."""
    observed = sighting.observed()
    last = _last(product_id)
    if last is not None and all(getattr(last, name) == observed[name] for name in observed):
        return Difference(observed=False, price_dropped=False)
    return Difference(observed=True, price_dropped=_price_dropped(product_id, sighting, last))


def write_observation(crawl: int, product_id: int, sighting: Sighting, now: datetime) -> None:
    """Add what a crawl saw to the history."""
    Observation.create(product=product_id, crawl=crawl, seen_at=now, **sighting.observed())


def _price_dropped(product_id: int, sighting: Sighting, last: Observation | None) -> bool:
    if sighting.price is None or last is None:
        return False
    if last.price_minor is None or last.currency != sighting.currency:
        last = _last(
            product_id,
            Observation.currency == sighting.currency,
            Observation.price_minor.is_null(is_null=False),
        )
    return last is not None and sighting.price.minor < last.price_minor


def _last(product_id: int, *such: Any) -> Observation | None:
    query = Observation.select().where(Observation.product == product_id, *such)
    found: Observation | None = query.order_by(Observation.id.desc()).first()
    return found
