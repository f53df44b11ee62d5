"""Sort orders of the list endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.models import Crawl, Observation, Product


@dataclass(frozen=True, slots=True, eq=False)
class Sort:
    """Sort by `columns`, then by `id`, which tells rows with equal values apart.

    Rows whose last column is null come last, whether the order is ascending or descending.
    """

    id: Any
    columns: tuple[Any, ...] = ()
    descending: bool = False


SORTS: Final[Mapping[str, tuple[Any, ...]]] = {
    "price": (Product.currency, Product.price_minor),
    "list_price": (Product.currency, Product.list_price_minor),
    "shipping_price": (Product.currency, Product.shipping_price_minor),
    "star_rating": (Product.star_rating,),
    "units_sold": (Product.units_sold,),
    "title": (Product.title,),
    "store_name": (Product.store_name,),
    "first_seen_at": (Product.first_seen_at,),
    "last_seen_at": (Product.last_seen_at,),
    "updated_at": (Product.updated_at,),
}
"""The fields that products can be sorted by, with their columns."""

PRODUCTS_BY_ID: Final = Sort(Product.id)
OBSERVATIONS_BY_ID: Final = Sort(Observation.id)
NEWEST_CRAWLS_FIRST: Final = Sort(Crawl.id, descending=True)


def product_sort(name: str) -> Sort:
    """Return the sort order for the value of `sort`: a field's name, or `-` and its name."""
    columns = SORTS[name.removeprefix("-")]
    return Sort(Product.id, columns, descending=name.startswith("-"))
