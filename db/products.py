"""Read and update product rows."""

from collections.abc import Iterable
from typing import Any, Final

from db.models import Product

INTERNAL_COLUMNS: Final = frozenset(
    {"product_page_read_at", "listing_shipping_text", "price_dropped_at", "redirected_id"}
)
"""Columns that the API does not show. Writing only these does not change the version."""


def known_products(ids: Iterable[str]) -> dict[str, Product]:
    """Return the products with these AliExpress ids, deleted ones included."""
    query = Product.select().where(Product.aliexpress_id.in_(list(ids)))
    return {str(product.aliexpress_id): product for product in query}


def update_product(product: Product, **columns: Any) -> bool:
    """Update columns of a product, and increase its version if the API shows one of them.

    Return False, and update nothing, if the product was written since it was read. That cannot
    happen inside the transaction that read it.
    """
    current = (Product.id == product.id) & (Product.version == product.version)
    if not columns.keys() <= INTERNAL_COLUMNS:
        columns["version"] = product.version + 1
    if not Product.update(columns).where(current).execute():
        return False
    for column, value in columns.items():
        setattr(product, column, value)
    return True
