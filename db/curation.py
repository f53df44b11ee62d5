"""Create, edit and delete products through the API.

An edit or a deletion is one UPDATE of the version that was read. If somebody else has written the
product since, nothing is changed and the caller reads it again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from db import edits
from db.database import transaction
from db.models import Product
from db.products import update_product


class AlreadyStored(Exception):
    """A product with this AliExpress id exists. `product_id` is its id in the database."""

    def __init__(self, aliexpress_id: str, product_id: int) -> None:
        super().__init__(f"Product {product_id} has the aliexpress_id {aliexpress_id} already.")
        self.product_id = product_id


def create_product(
    values: Mapping[str, Any], aliexpress_id: str | None = None, at: datetime | None = None
) -> Product:
    """Create a product (see `edits.creation`) and return it.

    A deleted product with the same AliExpress id is restored with the new values: it keeps its id
    and its history. Raises AlreadyStored, InvalidEdit and StorageError.
    """
    now = at or datetime.now(UTC)
    columns = edits.creation(values) | {"updated_at": now}
    with transaction("add a product"):
        same_id = Product.aliexpress_id == aliexpress_id
        product = Product.get_or_none(same_id) if aliexpress_id else None
        if product is None:
            return Product.create(aliexpress_id=aliexpress_id, created_at=now, **columns)
        if product.deleted_at is None:
            raise AlreadyStored(str(aliexpress_id), product.id)
        update_product(product, **columns, deleted_at=None)
        return product


def edit_product(product: Product, values: Mapping[str, Any], at: datetime | None = None) -> bool:
    """Apply an edit (see `edits.changes`) to a product, as it was read.

    Return False, and change nothing, if it was written since. Raises InvalidEdit and StorageError.
    """
    changed = edits.changes(product, values)
    if not changed:
        return True
    with transaction(f"edit product {product.id}"):
        return update_product(product, **changed, updated_at=at or datetime.now(UTC))


def delete_product(product: Product, at: datetime | None = None) -> bool:
    """Mark a product as deleted, so that later crawls do not add it again. Its history is kept.

    Return False, and change nothing, if it was written since it was read. Raises StorageError.
    """
    now = at or datetime.now(UTC)
    with transaction(f"delete product {product.id}"):
        return update_product(product, deleted_at=now, updated_at=now)
