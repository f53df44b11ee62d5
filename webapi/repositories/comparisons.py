"""Conditions in SQL, each in the two forms that a plan chooses from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_
from typing import Any, Final

from peewee import SQL, NodeList

from db.models import Product

ALIVE: Final = Product.deleted_at.is_null()

indexed: Final = partial(getattr, Product)
"""The column of a name."""


def only_looked_at(name: str) -> Any:
    """The column of a name; SQLite leaves its indexes alone, because of the plus before it."""
    return NodeList((SQL("+"), indexed(name)))


Comparison = tuple[str, Callable[[Any, Any], Any], Any]
"""A column, the operator, and the value that it is held against."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on products.

    `candidates` are the ids of those that meet it, found by an index, in the order of ids where
    `by_id` is true; `plain` is the same condition in a form that no index answers. A condition
    without candidates asks about each product that others have found, which takes long: it is
    asked last.
    """

    plain: Any
    candidates: Any = None
    comparisons: tuple[Comparison, ...] = ()
    by_id: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """What is compared."""
        return tuple(column for column, _, _ in self.comparisons)

    @property
    def indexed(self) -> Any:
        """The condition in a form that an index answers."""
        return self.along(self.columns)

    def along(self, columns: Sequence[str]) -> Any:
        """The condition for a walk along the index of these columns, which may answer for them."""
        return _in_sql(self.comparisons, columns) if self.comparisons else self.plain


def compared(*comparisons: Comparison, by_id: bool = False) -> Condition:
    """The condition that all these comparisons hold."""
    answered = [column for column, _, _ in comparisons]
    candidates = Product.select(Product.id).where(ALIVE, _in_sql(comparisons, answered))
    return Condition(_in_sql(comparisons, ()), candidates, comparisons, by_id)


def _in_sql(comparisons: Sequence[Comparison], answered: Sequence[str]) -> Any:
    """All comparisons; the indexes of columns that are not in `answered` are left alone."""
    return reduce(
        and_,
        (
            holds(indexed(column) if column in answered else only_looked_at(column), value)
            for column, holds, value in comparisons
        ),
    )
