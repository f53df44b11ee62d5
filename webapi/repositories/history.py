"""What crawls saw of each product."""

from typing import Any

from db.database import storage_errors
from db.models import Observation
from webapi.cursors import Cursor


class HistoryRepository:
    """What crawls saw of each product."""

    def page(self, product_id: int, count: int, cursor: Cursor | None = None) -> list[Observation]:
        """Up to `count` observations on the cursor's side of its place, oldest first."""
        query = self._of(product_id).order_by(Observation.id).limit(count)
        with storage_errors("read a product's history"):
            if cursor is None:
                return list(query)
            if cursor.side == "after":
                return list(query.where(Observation.id > cursor.place.id))
            older = query.where(Observation.id < cursor.place.id)
            return list(older.order_by(Observation.id.desc()))[::-1]

    def count(self, product_id: int) -> int:
        """How many observations there are of a product."""
        with storage_errors("count a product's history"):
            return int(self._of(product_id).count())

    def prices(self, product_id: int) -> list[Observation]:
        """All observations of a product that have a price, oldest first."""
        priced = self._of(product_id).where(Observation.price_minor.is_null(is_null=False))
        with storage_errors("read a product's prices"):
            return list(priced.order_by(Observation.id))

    def _of(self, product_id: int) -> Any:
        return Observation.select().where(Observation.product == product_id)
