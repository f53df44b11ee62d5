"""The queries: rows out. Writing goes through the verbs of `db.catalog`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db import catalog
from db.database import storage_errors
from db.models import Observation, Product
from webapi.cursors import Cursor


class ProductRepository:
    """The products that are not deleted, in the order of their ids."""

    def page(self, count: int, cursor: Cursor | None) -> Sequence[Product]:
        """Up to `count` products on the cursor's side of its place, lowest id first.

        The cost is the same wherever the place is: the id's index leads there.
        """
        alive = Product.select().where(Product.deleted_at.is_null()).limit(count)
        with storage_errors("read products"):
            if cursor is None:
                return list(alive.order_by(Product.id))
            if cursor.side == "after":
                return list(alive.where(Product.id > cursor.id).order_by(Product.id))
            return list(alive.where(Product.id < cursor.id).order_by(Product.id.desc()))[::-1]

    def has_any(self, cursor: Cursor) -> bool:
        """Whether there is a product on the cursor's side of its place."""
        return bool(self.page(1, cursor))

    def count(self) -> int:
        """How many products there are."""
        with storage_errors("count products"):
            return int(Product.select().where(Product.deleted_at.is_null()).count())

    def get(self, product_id: int) -> Product | None:
        """The product with an id, or None."""
        with storage_errors("read a product"):
            return Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())

    def history(self, product_id: int) -> Sequence[Observation]:
        """What crawls saw of a product, oldest first."""
        seen = Observation.select().where(Observation.product == product_id)
        with storage_errors("read a product's history"):
            return list(seen.order_by(Observation.id))

    def create(
        self, values: Mapping[str, Any], aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product:
        return catalog.create_product(values, aliexpress_id, held)

    def edit(
        self, product_id: int, values: Mapping[str, Any], held: Iterable[str] | None
    ) -> Product:
        return catalog.edit_product(product_id, values, held)
