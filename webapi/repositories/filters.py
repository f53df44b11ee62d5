"""Filters of the product list: each query parameter with its SQL condition."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from db.models import Product
from db.search import title_matches
from webapi.repositories.price_drops import price_dropped_since

Filters = Mapping[str, Any]
"""Parsed query parameters. Prices are minor units of `currency`, `q` is a tuple of words."""

CONDITIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "q": title_matches,
    "category": lambda category: Product.category == category,
    "store_name": lambda name: Product.store_name == name,
    "currency": lambda code: Product.currency == code,
    "min_price": lambda minor: Product.price_minor >= minor,
    "max_price": lambda minor: Product.price_minor <= minor,
    "min_rating": lambda stars: Product.star_rating >= stars,
    "min_units_sold": lambda units: Product.units_sold >= units,
    "free_shipping": lambda is_free: (
        Product.shipping_price_minor == 0 if is_free else Product.shipping_price_minor > 0
    ),
    "seen_since": lambda instant: Product.last_seen_at >= instant,
    "price_dropped_since": price_dropped_since,
}


def conditions(filters: Filters) -> list[Any]:
    """Return the conditions of products that are not deleted and match all filters."""
    matching = [CONDITIONS[name](value) for name, value in filters.items()]
    return [Product.deleted_at.is_null(), *matching]
