"""Filters of the product list: each query parameter with its SQL condition."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from db.database import title_matches
from db.fields import format_instant
from db.models import Product
from db.search import match_text
from webapi.repositories.price_drops import price_dropped_since

Filters = Mapping[str, Any]
"""Parsed query parameters. Prices are minor units of `currency`, `q` is a tuple of words."""


def _free_shipping(is_free: bool) -> Any:  # noqa: FBT001  # the value of the parameter
    return Product.shipping_price_minor == 0 if is_free else Product.shipping_price_minor > 0


CONDITIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "q": title_matches,
    "category": Product.category.__eq__,
    "store_name": Product.store_name.__eq__,
    "currency": Product.currency.__eq__,
    "min_price": Product.price_minor.__ge__,
    "max_price": Product.price_minor.__le__,
    "min_rating": Product.star_rating.__ge__,
    "min_units_sold": Product.units_sold.__ge__,
    "free_shipping": _free_shipping,
    "seen_since": Product.last_seen_at.__ge__,
    "price_dropped_since": price_dropped_since,
}
"""Each condition is made of the value of its parameter, as the database has it."""

_CONVERTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "q": match_text,
    "seen_since": format_instant,
    "price_dropped_since": format_instant,
}


def stored_values(filters: Filters) -> dict[str, Any]:
    """Return the values of the parameters as the database has them."""
    return {
        name: _CONVERTERS[name](value) if name in _CONVERTERS else value
        for name, value in filters.items()
    }
