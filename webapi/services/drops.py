"""Prices that have dropped, for those who want to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from db.models import Observation, Product
from db.money import Money


@dataclass(frozen=True, slots=True)
class Drop:
    """The last drop of a product's price that a crawl saw, in one currency."""

    product: Product
    at: datetime
    earlier: Money
    later: Money


class Drops(Protocol):
    """What the service asks of a repository of price drops."""

    def newest(self, count: int) -> Sequence[tuple[Product, Observation, int]]: ...


class DropService:
    """Tells which prices have dropped lately."""

    def __init__(self, drops: Drops) -> None:
        self.drops = drops

    def newest(self, count: int) -> list[Drop]:
        """The last drops of `count` products, newest first."""
        return [
            Drop(product, seen.seen_at, Money(earlier, currency), Money(seen.price_minor, currency))
            for product, seen, earlier in self.drops.newest(count)
            for currency in [str(seen.currency)]
        ]
