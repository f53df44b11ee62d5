"""The history of a product: what crawls saw, whenever it differed from what the last one saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from peewee import fn

from db.batches import insert_rows
from db.comparable_prices import comparable, is_comparable
from db.models import Observation, Product
from db.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Difference:
    """How a sighting differs from the history: not at all, in something, or by a lower price."""

    observed: bool
    price_dropped: bool


class Histories:
    """The histories of some products, for who holds the transaction that writes.

    All are read at once and written at once, because others wait for that transaction.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        ids = {product.id: str(product.aliexpress_id) for product in products}
        newest = _newest(Observation.product.in_(list(ids))) if ids else {}
        self._last: Final = {ids[product_id]: seen for product_id, seen in newest.items()}
        self._added: Final[list[tuple[Product, Observation]]] = []

    def difference(self, product: Product, sighting: Sighting) -> Difference:
        """Compare a sighting with what was observed last, and its price with a comparable one."""
        observed = sighting.observed()
        del observed["price_condition"]  # its words are compared, not the amounts in them
        last = self._last.get(sighting.aliexpress_id)
        if last is not None and all(getattr(last, name) == observed[name] for name in observed):
            return Difference(observed=False, price_dropped=False)
        return Difference(observed=True, price_dropped=self._dropped(product, sighting, last))

    def add(self, crawl: int, product: Product, sighting: Sighting, now: datetime) -> None:
        """Add what a crawl saw. `write` puts it into the database."""
        seen = Observation(crawl=crawl, seen_at=now, **sighting.observed())
        self._last[sighting.aliexpress_id] = seen
        self._added.append((product, seen))

    def write(self) -> None:
        """Write what was added. All products must be in the database."""
        for product, seen in self._added:
            seen.product_id = product.id
        insert_rows([seen for _, seen in self._added])
        self._added.clear()

    def _dropped(self, product: Product, sighting: Sighting, last: Observation | None) -> bool:
        if sighting.price is None or last is None:
            return False
        seen = Observation(**sighting.observed())
        if last.price_minor is None or not is_comparable(last, seen):
            last = self._last_comparable(product, seen)
        return last is not None and sighting.price.minor < last.price_minor

    def _last_comparable(self, product: Product, seen: Observation) -> Observation | None:
        for other, added in reversed(self._added):
            if other is product and added.price_minor is not None and is_comparable(added, seen):
                return added
        return _newest(
            Observation.product == product.id,
            Observation.price_minor.is_null(is_null=False),
            comparable(Observation, seen),
        ).get(product.id)


def _newest(*such: Any) -> dict[int, Observation]:
    """Return the newest of such observations of each product, by the product's id."""
    ids = Observation.select(fn.MAX(Observation.id)).where(*such).group_by(Observation.product)
    newest: Any = Observation.select().where(Observation.id.in_(ids))
    return {seen.product_id: seen for seen in newest}
