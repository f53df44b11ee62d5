"""Read and update product rows."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Final

from db.database import kept_sql
from db.models import Product
from db.statements import Statement, parameters

INTERNAL_COLUMNS: Final = frozenset(
    {"product_page_read_at", "listing_shipping_text", "price_dropped_at", "redirected_id"}
)
"""Columns that the API does not show. Writing only these does not change the version."""

COLUMNS: Final = tuple(field.column_name for field in Product._meta.sorted_fields)


_UNKNOWN: Final = dict.fromkeys(COLUMNS) | {"edited_fields": frozenset(), "version": 1}


class KnownProduct(SimpleNamespace):
    """A product as a transaction has read or made it: its columns, which the rules compare.

    Instants are texts, as they are stored. A model would take most of the time of storing a page.
    """

    @property
    def columns(self) -> dict[str, Any]:
        """The columns by their names."""
        return self.__dict__


def known_products(ids: Iterable[str]) -> dict[str, KnownProduct]:
    """Return the products with these AliExpress ids, deleted ones included."""
    wanted = list(ids)
    rows = _known(len(wanted)).tuples(wanted) if wanted else []
    known = [KnownProduct(**dict(zip(COLUMNS, row, strict=True))) for row in rows]
    for product in known:
        product.edited_fields = Product.edited_fields.python_value(product.edited_fields)
    return {product.aliexpress_id: product for product in known}


def unknown_product() -> KnownProduct:
    """Return a product of which nothing is known, with the defaults of its columns."""
    return KnownProduct(**_UNKNOWN)


@kept_sql
def _known(count: int) -> Statement:
    columns = Product._meta.sorted_fields
    return Statement(Product.select(*columns).where(Product.aliexpress_id.in_(parameters(count))))


def update_product(product: Product | KnownProduct, **columns: Any) -> bool:
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
