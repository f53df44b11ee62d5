"""The products that are not deleted, in any order, narrowed by any criteria."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from peewee import SQL, fn

from db import curation
from db.curation import Expectation
from db.database import snapshot, storage_errors
from db.models import FormerPlace, Product
from webapi.criteria import Criteria, Listed, Order
from webapi.cursors import Cursor
from webapi.errors import StaleCursor
from webapi.repositories.conditions import WORDS_ID, earlier_price, only_looked_at
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
        with storage_errors("read products"):
            since = cursor.as_of if cursor and order.columns else None
            moved = since is not None and self._have_moved(since)
            rows = _standing(criteria, order, walk, count, since if moved else None)
            if moved:
                rows += _moved(criteria, order, walk, count, since)
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


def _standing(
    criteria: Criteria, order: Order, walk: Walk, count: int, unmoved_since: int | None
) -> list[Listed]:
    """The rows ahead that stand where they stood when the walk began."""
    plan = Plan(criteria, order)
    query = _products(criteria)
    words = plan.leading_words
    if words is not None:
        (stretch,) = walk.stretches(_indexed, WORDS_ID)
        ids = plan.joined(words, *stretch.where).order_by(*stretch.order_by).limit(count)
        (same,) = walk.stretches(_indexed, Product.id)
        return _taken(walk, query.where(Product.id.in_(ids)).order_by(*same.order_by))
    narrowed = plan.narrowed()
    where = list(narrowed.where)
    if unmoved_since is not None:
        where.append(Product.id.not_in(_changes(unmoved_since)))
    fields = _looked_at if narrowed.gathered else _indexed
    rows: list[Listed] = []
    for stretch in walk.stretches(fields, Product.id):
        page = query.where(*where, *stretch.where).order_by(*stretch.order_by)
        rows += _taken(walk, page.limit(count - len(rows)))
        if len(rows) == count:
            break
    return rows


def _moved(
    criteria: Criteria, order: Order, walk: Walk, count: int, since: int | None
) -> list[Listed]:
    """The rows ahead of those that have moved, by where each stood before its first change."""
    firsts = _changes(since, fn.MIN(FormerPlace.id)).group_by(FormerPlace.product)
    query = (
        _products(criteria, FormerPlace)
        .join(FormerPlace, on=(FormerPlace.product == Product.id), attr="former_place")
        .where(FormerPlace.id.in_(firsts), *Plan(criteria, order).plain())
    )
    rows: list[Listed] = []
    for stretch in walk.stretches(partial(getattr, FormerPlace), Product.id):
        page = query.where(*stretch.where).order_by(*stretch.order_by).limit(count - len(rows))
        rows += [_listed(row, walk.place_of(row.former_place, row.id)) for row in page]
        if len(rows) == count:
            break
    return rows


_indexed = partial(getattr, Product)


def _looked_at(name: str) -> Any:
    return only_looked_at(getattr(Product, name))


def _changes(since: int | None, column: Any = FormerPlace.product) -> Any:
    return FormerPlace.select(column).where(FormerPlace.id > since)


def _products(criteria: Criteria, *others: Any) -> Any:
    if criteria.price_dropped_since is None:
        return Product.select(Product, *others)
    earlier = earlier_price(criteria.price_dropped_since)
    return Product.select(Product, *others, earlier.alias("earlier_minor"))


def _taken(walk: Walk, rows: Iterable[Product]) -> list[Listed]:
    return [_listed(row, walk.place_of(row, row.id)) for row in rows]


def _listed(product: Product, place: Any) -> Listed:
    return Listed(product, place, getattr(product, "earlier_minor", None))
