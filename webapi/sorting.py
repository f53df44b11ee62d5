"""Sort orders of the list endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


_ASCENDING: Final[Mapping[str, Sort]] = {
    "price": Sort(Product.id, (Product.currency, Product.price_minor)),
    "list_price": Sort(Product.id, (Product.currency, Product.list_price_minor)),
    "shipping_price": Sort(Product.id, (Product.currency, Product.shipping_price_minor)),
    "star_rating": Sort(Product.id, (Product.star_rating,)),
    "units_sold": Sort(Product.id, (Product.units_sold,)),
    "title": Sort(Product.id, (Product.title,)),
    "store_name": Sort(Product.id, (Product.store_name,)),
    "first_seen_at": Sort(Product.id, (Product.first_seen_at,)),
    "last_seen_at": Sort(Product.id, (Product.last_seen_at,)),
    "updated_at": Sort(Product.id, (Product.updated_at,)),
}

PRODUCT_SORTS: Final[Mapping[str, Sort]] = {
    **_ASCENDING,
    **{f"-{name}": replace(sort, descending=True) for name, sort in _ASCENDING.items()},
}
"""The values of the `sort` parameter: a field, or a minus and a field for descending order."""

PRODUCTS_BY_ID: Final = Sort(Product.id)
OBSERVATIONS_BY_ID: Final = Sort(Observation.id)
NEWEST_CRAWLS_FIRST: Final = Sort(Crawl.id, descending=True)
