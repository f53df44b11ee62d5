"""How a list is narrowed, so that a page costs little whether few products match or many.

Few: their ids are gathered by an index and sorted. Many: the order's index is walked until a page
is full. SQLite cannot tell which it will be, because it plans before it knows the values; so it is
counted first, up to a bound.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from db.models import Product
from webapi.criteria import Criteria, Order
from webapi.repositories.comparisons import ALIVE, Condition
from webapi.repositories.conditions import (
    conditions_of,
    is_among,
    joined_by_words,
    words_condition,
)

FEW_BY_ID: Final = 2_000
FEW: Final = 50_000
"""Up to so many ids are gathered in the order of ids, and in any other, where a walk meets rows at
random; measured on a million products, where both ways cost about the same."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The conditions for a page, whose products are gathered and sorted, or met on a walk.

    Those in `late` take long: of the sorted products only as many are asked as a page needs.
    """

    where: list[Any]
    gathered: bool
    late: list[Any] = field(default_factory=list)


class Plan:
    """The conditions of a list and the best way to meet them all."""

    def __init__(self, criteria: Criteria, order: Order | None = None) -> None:
        self._order = order or Order()
        self._words = words_condition(criteria.words) if criteria.words is not None else None
        others = conditions_of(criteria)
        self._late = [one for one in others if one.candidates is None]
        self._others = [one for one in others if one.candidates is not None]
        self._leaders = [*filter(None, [self._words]), *self._others]
        self._bound = FEW if self._order.columns else FEW_BY_ID
        self.leading_words = self._words if not self._order.columns else None

    def matching(self) -> Any:
        """A query for the ids of all products that match."""
        candidates = self._candidates()
        return candidates.where(*_plain(self._late)) if self._late else candidates

    def narrowed(self) -> Narrowing:
        """The conditions for a page."""
        if self._rare is not None:
            return self._gathered(self._found_by(self._rare))
        columns = self._order.columns
        if sum(not _begins(columns, one) for one in self._leaders) > 1:
            ids = [row[0] for row in self._candidates().limit(self._bound + 1).tuples()]
            if len(ids) <= self._bound:
                return self._gathered([is_among(ids)])
        if not columns:
            return Narrowing([ALIVE, *self._equal_first(), *_plain(self._late)], gathered=False)
        walked = [one.along(columns) for one in [*self._leaders, *self._late]]
        return Narrowing([ALIVE, *walked], gathered=False)

    def plain(self) -> list[Any]:
        """The conditions for products that something else leads to."""
        return [ALIVE, *_plain([*self._leaders, *self._late])]

    def joined(self, words: Condition, *where: Any) -> Any:
        """The ids of products that match, in the order of ids; the words lead to them."""
        return joined_by_words(words, *_plain([*self._others, *self._late]), *where)

    def _gathered(self, where: list[Any]) -> Narrowing:
        late = _plain(self._late)
        if not self._order.columns:  # nothing is sorted: the first ones that match are enough
            return Narrowing([*where, *late], gathered=True)
        return Narrowing(where, gathered=True, late=late)

    def _candidates(self) -> Any:
        """A query for the ids of products that meet all conditions but the late ones."""
        if self._rare is not None:
            return Product.select(Product.id).where(*self._found_by(self._rare))
        if self._words is not None:
            if not self._others:
                return self._words.candidates
            return joined_by_words(self._words, *_plain(self._others))
        first = self._others[-1] if len(self._others) == 1 or self._late else None
        return Product.select(Product.id).where(ALIVE, *self._equal_first(first))

    @cached_property
    def _rare(self) -> Condition | None:
        """A condition that few products meet, where there is one.

        Looking for words in each product found takes long too, so that they lead unless very few
        are found.
        """
        others = self._bound if self._words is None else FEW_BY_ID
        for one in self._leaders:
            if self._is_few(one.candidates, self._bound if one is self._words else others):
                return one
        return None

    def _found_by(self, rare: Condition) -> list[Any]:
        others = _plain([one for one in self._leaders if one is not rare])
        return [Product.id.in_(rare.candidates), *others]

    def _equal_first(self, first: Condition | None = None) -> list[Any]:
        """Equalities lead by their index, which is in the order of ids; the others only look."""
        return [one.indexed if one.by_id or one is first else one.plain for one in self._others]

    @staticmethod
    def _is_few(ids: Any, bound: int) -> bool:
        return bool(ids.limit(bound + 1).count() <= bound)


def _plain(conditions: list[Condition]) -> list[Any]:
    return [one.plain for one in conditions]


def _begins(columns: tuple[str, ...], condition: Condition) -> bool:
    """Whether a walk along these columns can begin where the condition is met."""
    own = condition.columns
    return bool(own) and set(own) == set(columns[: len(set(own))])
