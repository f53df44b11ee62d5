"""The rows of products, for those who hold the one transaction that writes."""

from collections.abc import Iterable
from typing import Any

from db.models import Product


def known_products(ids: Iterable[str]) -> dict[str, Product]:
    """The products with these AliExpress ids, deleted ones included."""
    query = Product.select().where(Product.aliexpress_id.in_(list(ids)))
    return {str(product.aliexpress_id): product for product in query}


def update_product(product: Product, **columns: Any) -> None:
    """Write columns of a product that was read in this transaction; its version goes up."""
    columns["version"] = product.version + 1
    Product.update(columns).where(Product.id == product.id).execute()
    for column, value in columns.items():
        setattr(product, column, value)
