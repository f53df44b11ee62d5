"""How a list is narrowed, so that a page costs little whether few products match or many.

Few: their ids are gathered by an index and sorted. Many: the order's index is walked until a page
is full. SQLite cannot tell which it will be, because it plans before it knows the values; so it is
counted first, up to a bound.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from peewee import SQL

from db.models import Product
from webapi.criteria import Criteria, Order
from webapi.repositories.conditions import (
    ALIVE,
    Condition,
    conditions_of,
    joined_by_words,
    words_condition,
)

FEW_BY_ID: Final = 2_000
FEW: Final = 50_000
"""Up to so many ids are gathered in the order of ids, and in any other, where a walk meets rows at
random; measured on a million products, where both ways cost about the same."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The conditions for a page, whose products are gathered and sorted, or met on a walk."""

    where: list[Any]
    gathered: bool


class Plan:
    """The conditions of a list and the best way to meet them all."""

    def __init__(self, criteria: Criteria, order: Order | None = None) -> None:
        self._order = order or Order()
        self._words = words_condition(criteria.words) if criteria.words is not None else None
        self._others = conditions_of(criteria)
        self._all = [*filter(None, [self._words]), *self._others]
        self._is_dear = len(self._leaders()) < len(self._all)  # some look by queries of their own
        self._bound = FEW_BY_ID if self._is_dear or not self._order.columns else FEW
        self.leading_words = self._words if not self._order.columns else None

    def matching(self) -> Any:
        """A query for the ids of all products that match."""
        rare = self._rare()
        if rare is not None:
            return Product.select(Product.id).where(*self._found_by(rare))
        if self._words is not None:
            return self.joined(self._words) if self._others else self._words.candidates
        leaders = self._leaders()
        first = leaders[-1] if len(leaders) == 1 or self._is_dear else None
        return Product.select(Product.id).where(ALIVE, *self._equal_first(first))

    def narrowed(self) -> Narrowing:
        """The conditions for a page."""
        rare = self._rare()
        if rare is not None:
            return Narrowing(self._found_by(rare), gathered=True)
        if len(self._leaders()) > 1:
            ids = [row[0] for row in self.matching().limit(self._bound + 1).tuples()]
            if len(ids) <= self._bound:
                listed = SQL("(SELECT value FROM json_each(?))", (json.dumps(ids),))
                return Narrowing([Product.id.in_(listed)], gathered=True)
        if not self._order.columns:
            return Narrowing([ALIVE, *self._equal_first()], gathered=False)
        own = set(self._order.columns)
        walked = [ALIVE, *(_indexed_for(own, one) for one in self._all)]
        return Narrowing(walked, gathered=False)

    def plain(self) -> list[Any]:
        """The conditions for products that something else leads to."""
        return [ALIVE, *(one.plain for one in self._all)]

    def joined(self, words: Condition, *where: Any) -> Any:
        """The ids of products that match, in the order of ids; the words lead to them."""
        return joined_by_words(words, *[one.plain for one in self._others], *where)

    def _leaders(self) -> list[Condition]:
        """The conditions that an index can answer."""
        return [one for one in self._all if one.candidates is not None]

    def _rare(self) -> Condition | None:
        """A condition that few products meet, where there is one.

        Looking for words in each product found is dear, so that they lead unless very few are.
        """
        others = self._bound if self._words is None else FEW_BY_ID
        for one in self._leaders():
            if self._is_few(one.candidates, self._bound if one is self._words else others):
                return one
        return None

    def _found_by(self, rare: Condition) -> list[Any]:
        others = [one.plain for one in self._all if one is not rare]
        return [Product.id.in_(rare.candidates), *others]

    def _equal_first(self, first: Condition | None = None) -> list[Any]:
        """Equalities lead by their index, which is in the order of ids; the others only look."""
        return [one.indexed if one.by_id or one is first else one.plain for one in self._others]

    @staticmethod
    def _is_few(ids: Any, bound: int) -> bool:
        return bool(ids.limit(bound + 1).count() <= bound)


def _indexed_for(columns: set[str], condition: Condition) -> Any:
    """A condition on the columns of an order can begin the walk through it; others only look."""
    own = bool(condition.columns) and condition.columns <= columns
    return condition.indexed if own else condition.plain
