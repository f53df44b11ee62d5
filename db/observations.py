"""The history of a product: what crawls saw, whenever it differed from what the last one saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from peewee import fn

from db.batches import insert_rows
from db.comparable_prices import comparable, is_comparable
from db.database import kept_sql
from db.models import Observation
from db.products import KnownProduct
from db.sightings import Observed
from db.statements import Statement, parameters

_COLUMNS: Final = ("product_id", "crawl_id", "seen_at", *Observed._fields)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a sighting differs from the history: not at all, in something, or by a lower price."""

    observed: bool
    price_dropped: bool


class Histories:
    """The histories of some products, for who holds the transaction that writes.

    All are read at once and written at once, because others wait for that transaction.
    """

    def __init__(self, products: Iterable[KnownProduct]) -> None:
        ids = {product.id: product.aliexpress_id for product in products}
        newest = _newest(len(ids)).tuples(list(ids)) if ids else []
        self._last: Final = {ids[row[0]]: Observed._make(row[1:]) for row in newest}
        self._added: Final[list[tuple[KnownProduct, int, str, Observed]]] = []

    def difference(self, product: KnownProduct, seen: Observed) -> Difference:
        """Compare what was seen with what was observed last, and prices that are comparable."""
        last = self._last.get(product.aliexpress_id)
        if last is not None and not seen.differs(last):
            return Difference(observed=False, price_dropped=False)
        return Difference(observed=True, price_dropped=self._dropped(product, seen, last))

    def add(self, crawl: int, product: KnownProduct, seen: Observed, now: str) -> None:
        """Add what a crawl saw. `write` puts it into the database."""
        self._last[product.aliexpress_id] = seen
        self._added.append((product, crawl, now, seen))

    def write(self) -> None:
        """Write what was added. All products must be in the database."""
        rows = [(product.id, crawl, now, *seen) for product, crawl, now, seen in self._added]
        insert_rows(Observation, _COLUMNS, rows)
        self._added.clear()

    def _dropped(self, product: KnownProduct, seen: Observed, last: Observed | None) -> bool:
        if seen.price_minor is None or last is None:
            return False
        earlier = last.price_minor
        if earlier is None or not is_comparable(last, seen):
            earlier = self._last_comparable(product, seen)
        return earlier is not None and seen.price_minor < earlier

    def _last_comparable(self, product: KnownProduct, seen: Observed) -> int | None:
        for other, _, _, added in reversed(self._added):
            if other is product and added.price_minor is not None and is_comparable(added, seen):
                return added.price_minor
        such = Observation.select(Observation.price_minor).where(
            Observation.product == product.id,
            Observation.price_minor.is_null(is_null=False),
            comparable(Observation, seen),
        )
        price: int | None = such.order_by(Observation.id.desc()).limit(1).scalar()
        return price


@kept_sql
def _newest(count: int) -> Statement:
    """Return the query of the newest observation of each of so many products."""
    columns = [getattr(Observation, name) for name in Observed._fields]
    of_product = Observation.product.in_(parameters(count))
    ids = Observation.select(fn.MAX(Observation.id)).where(of_product)
    newest = Observation.id.in_(ids.group_by(Observation.product))
    return Statement(Observation.select(Observation.product, *columns).where(newest))
