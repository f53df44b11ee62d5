"""A list from a place on: the rows that stand where they stood, and those that have moved."""

from functools import partial
from itertools import islice
from types import SimpleNamespace
from typing import Any, Final

from peewee import SQL, fn

from db.database import database
from db.models import FormerPlace, Product
from webapi.criteria import Criteria, Listed, Order
from webapi.repositories.comparisons import indexed, only_looked_at
from webapi.repositories.conditions import WORDS_ID, earlier_price, is_among
from webapi.repositories.plans import Plan
from webapi.repositories.walks import Walk


class Listing:
    """A list on one walk through it."""

    def __init__(self, criteria: Criteria, order: Order, walk: Walk) -> None:
        self._walk: Final = walk
        self._plan: Final = Plan(criteria, order)
        since = criteria.price_dropped_since
        self._drops: Final = [] if since is None else [earlier_price(since).alias("earlier_minor")]
        self._products: Final = Product.select(SQL("*"), *self._drops)

    def standing(self, count: int, unmoved_since: int | None = None) -> list[Listed]:
        """The rows ahead that stand where they stood when the walk began."""
        words = self._plan.leading_words
        if words is not None:
            (stretch,) = self._walk.stretches(indexed, WORDS_ID)
            ids = self._plan.joined(words, *stretch.where).order_by(*stretch.order_by).limit(count)
            (same,) = self._walk.stretches(indexed, Product.id)
            return self._rows([Product.id.in_(ids)], same.order_by)
        narrowed = self._plan.narrowed()
        unmoved = [] if unmoved_since is None else [Product.id.not_in(_changes(unmoved_since))]
        rows: list[Listed] = []
        for stretch in self._walk.stretches(
            only_looked_at if narrowed.gathered else indexed, Product.id
        ):
            where = [*narrowed.where, *unmoved, *stretch.where]
            left = count - len(rows)
            if narrowed.late:
                rows += self._asked_late(where, narrowed.late, stretch.order_by, left)
            else:
                rows += self._rows(where, stretch.order_by, left)
            if len(rows) == count:
                break
        return rows

    def moved(self, count: int, since: int) -> list[Listed]:
        """The rows ahead of those that have moved, by where each stood before its first change."""
        firsts = _changes(since, fn.MIN(FormerPlace.id)).group_by(FormerPlace.product)
        query: Any = (
            Product.select(Product, FormerPlace, *self._drops)
            .join(FormerPlace, on=(FormerPlace.product == Product.id), attr="former_place")
            .where(FormerPlace.id.in_(firsts), *self._plan.plain())
        )
        rows: list[Listed] = []
        for stretch in self._walk.stretches(partial(getattr, FormerPlace), Product.id):
            page = query.where(*stretch.where).order_by(*stretch.order_by).limit(count - len(rows))
            rows += [self._listed(row, row.former_place) for row in page]
            if len(rows) == count:
                break
        return rows

    def _rows(
        self, where: list[Any], order_by: list[Any], count: int | None = None
    ) -> list[Listed]:
        """Rows as the database keeps them: models take longer to make than all the rest."""
        query = self._products.where(*where).order_by(*order_by).limit(count)
        cursor = database.execute(query)
        names = [column[0] for column in cursor.description]
        rows = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor]
        return [self._listed(row, row) for row in rows]

    def _asked_late(
        self, where: list[Any], late: list[Any], order_by: list[Any], count: int
    ) -> list[Listed]:
        """The first rows that meet the late conditions too, asked some at a time."""
        ids: Any = Product.select(Product.id).where(*where).order_by(*order_by).tuples()
        numbers = (row[0] for row in ids)
        some = list(islice(numbers, 2 * count))
        rows: list[Listed] = []
        while some and len(rows) < count:
            rows += self._rows([is_among(some), *late], order_by)
            some = list(islice(numbers, 4 * len(some)))
        return rows[:count]

    def _listed(self, product: Any, place: Any) -> Listed:
        earlier = getattr(product, "earlier_minor", None)
        return Listed(product, self._walk.place_of(place, product.id), earlier)


def _changes(since: int, column: Any = FormerPlace.product) -> Any:
    return FormerPlace.select(column).where(FormerPlace.id > since)
