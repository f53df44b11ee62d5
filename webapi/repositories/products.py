"""The products that are not deleted, in any order, narrowed by any criteria."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from peewee import SQL, fn

from db import curation
from db.curation import Expectation
from db.database import snapshot, storage_errors
from db.models import FormerPlace, Product
from webapi.criteria import Criteria, Listed, Order
from webapi.cursors import Cursor
from webapi.errors import StaleCursor
from webapi.repositories.listing import Listing
from webapi.repositories.plans import Plan
from webapi.repositories.walks import Walk


class ProductRepository:
    """Products by id, pages of them, and the verbs that write them."""

    def steady(self) -> AbstractContextManager[None]:
        """Reading in which all questions are answered from the same state."""
        return snapshot("read products")

    def last_change(self) -> int:
        """The number of the last change of any product's place in an order."""
        with storage_errors("read products"):
            return int(FormerPlace.select(fn.MAX(FormerPlace.id)).scalar() or 0)

    def page(
        self, criteria: Criteria, order: Order, count: int, cursor: Cursor | None = None
    ) -> list[Listed]:
        """Up to `count` products on the cursor's side of its place, in the order of the list.

        The cost is the same wherever the place is: the order's index leads there. Products whose
        place has changed since the walk began stand where they stood then, so that a walk meets
        each once. Raises StaleCursor where that is no longer known.
        """
        walk = Walk(order, cursor)
        listing = Listing(criteria, order, walk)
        with storage_errors("read products"):
            since = cursor.as_of if cursor and order.columns else None
            if since is None or not self._have_moved(since):
                rows = listing.standing(count)
            else:
                rows = [*listing.standing(count, since), *listing.moved(count, since)]
                walk.sort(rows)
                del rows[count:]
        return rows[::-1] if walk.backward else rows

    def count(self, criteria: Criteria) -> int:
        """How many products there are."""
        with storage_errors("count products"):
            if criteria != Criteria():
                return int(Plan(criteria).matching().count())
            everything = Product.select(fn.COUNT(SQL("*"))).scalar()
            deleted = Product.select().where(Product.deleted_at.is_null(is_null=False)).count()
            return int(everything - deleted)

    def get(self, product_id: int) -> Product | None:
        """The product with an id, or None."""
        with storage_errors("read a product"):
            return Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())

    def create(
        self, values: Mapping[str, Any], aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product:
        return curation.create_product(values, aliexpress_id, held)

    def edit(
        self,
        product_id: int,
        values: Mapping[str, Any],
        held: Iterable[str] | None,
        expect: Expectation,
    ) -> Product:
        return curation.edit_product(product_id, values, held, expect)

    def delete(self, product_id: int, expect: Expectation) -> None:
        curation.delete_product(product_id, expect)

    def _have_moved(self, since: int) -> bool:
        if self.last_change() == since:
            return False
        if FormerPlace.select(fn.MIN(FormerPlace.id)).scalar() not in range(1, since + 2):
            raise StaleCursor("cursor is too old to go on with; begin again without it.")
        return True
