"""What a list of products is asked for, in the words of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Final, Self

from db.models import Product
from webapi.cursors import Place

ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "price": ("currency", "price_minor"),
    "list_price": ("currency", "list_price_minor"),
    "shipping_price": ("currency", "shipping_price_minor"),
    "star_rating": ("star_rating",),
    "units_sold": ("units_sold",),
    "title": ("title",),
    "store_name": ("store_name",),
    "first_seen_at": ("first_seen_at",),
    "last_seen_at": ("last_seen_at",),
    "updated_at": ("updated_at",),
}
"""The fields that a list can be ordered by, with the columns that make the order."""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: by the columns and then by id; without columns by id alone.

    Products whose last column is unknown come last, whether the order descends or not.
    """

    columns: tuple[str, ...] = ()
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The order that a field's name asks for, or a minus and its name. Raises KeyError."""
        return cls(ORDERS[text.removeprefix("-")], descending=text.startswith("-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Which products are wanted; None asks for nothing. Prices are minor units of `currency`.

    `words` are all in the title, whatever their case and accents. A price has dropped since an
    instant where it is lower now than the last one seen before, or, of products that were not
    known then, than the first one seen; a price that a person holds is no crawl's.
    """

    words: tuple[str, ...] | None = None
    category: str | None = None
    store_name: str | None = None
    currency: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    min_rating: float | None = None
    min_units_sold: int | None = None
    free_shipping: bool | None = None
    seen_since: datetime | None = None
    price_dropped_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A product of a list, and where it stands there.

    It may be a row, whose attributes are the columns as the database keeps them. `earlier_minor`
    is the price before a drop, where drops were asked for.
    """

    product: Product | SimpleNamespace
    place: Place
    earlier_minor: int | None = None
