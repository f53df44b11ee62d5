"""What people do to products: each verb is one transaction, kept whole or not at all."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from db import edits
from db.database import transaction
from db.models import Product
from db.products import known_products, update_product

Expectation = Callable[[Product], None]
"""Looks at a product before it is written and raises where that must not be; it is the product as
it is then, because nobody else writes meanwhile."""


class UnknownProduct(LookupError):
    """There is no product with that id."""


class AlreadyStored(Exception):
    """The catalog has a product with that AliExpress id; `product_id` is its id here."""

    def __init__(self, aliexpress_id: str, product_id: int) -> None:
        super().__init__(f"Product {product_id} has the aliexpress_id {aliexpress_id} already.")
        self.product_id = product_id


def create_product(
    values: Mapping[str, Any],
    aliexpress_id: str | None = None,
    held: Iterable[str] | None = None,
    at: datetime | None = None,
) -> Product:
    """Add a product that a person makes (see `edits.creation`) and return it.

    One that was deleted is brought back under its old id, with the new facts and its history.
    Raises AlreadyStored, InvalidEdit and StorageError; then nothing is changed.
    """
    now = at or datetime.now(UTC)
    columns = edits.creation(values, held) | {"updated_at": now}
    with transaction("add a product"):
        product = known_products([aliexpress_id]).get(aliexpress_id) if aliexpress_id else None
        if product is None:
            return Product.create(aliexpress_id=aliexpress_id, created_at=now, **columns)
        if product.deleted_at is None:
            raise AlreadyStored(str(aliexpress_id), product.id)
        update_product(product, **columns, deleted_at=None)
        return product


def edit_product(
    product_id: int,
    values: Mapping[str, Any],
    held: Iterable[str] | None = None,
    expect: Expectation | None = None,
    at: datetime | None = None,
) -> Product:
    """Apply a person's edit (see `edits.changes`) and return the product as it is now.

    Raises UnknownProduct, InvalidEdit, StorageError, and what `expect` raises; then nothing is
    changed.
    """
    with transaction(f"edit product {product_id}"):
        product = _present(product_id, expect)
        changed = edits.changes(product, values, held)
        if changed:
            update_product(product, **changed, updated_at=at or datetime.now(UTC))
        return product


def delete_product(
    product_id: int, expect: Expectation | None = None, at: datetime | None = None
) -> None:
    """Take a product out of the catalog; later crawls leave it out too.

    Its row and history stay, so that it can be brought back. Raises UnknownProduct, StorageError,
    and what `expect` raises; then nothing is changed.
    """
    now = at or datetime.now(UTC)
    with transaction(f"delete product {product_id}"):
        update_product(_present(product_id, expect), deleted_at=now, updated_at=now)


def _present(product_id: int, expect: Expectation | None) -> Product:
    product: Product | None = Product.get_or_none(
        Product.id == product_id, Product.deleted_at.is_null()
    )
    if product is None:
        raise UnknownProduct(f"There is no product {product_id}.")
    if expect is not None:
        expect(product)
    return product
