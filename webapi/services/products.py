"""List, export, read, create, edit and delete products."""

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db import curation
from db.currencies import CURRENCIES, known_currency
from db.edits import EDITABLE
from db.models import Product
from webapi.cursors import Cursor
from webapi.errors import InvalidBody, ProductNotFound
from webapi.etags import COLUMNS, entity_tag, require_match
from webapi.repositories import product_lists, products
from webapi.repositories.filters import Filters
from webapi.repositories.keyset import Page
from webapi.sorting import Sort

IfMatch = Collection[str] | None
"""The entity tags of an If-Match header, or None without one."""

MOST_CATEGORIES: Final = 50
"""With more of them, a list to choose from is of no use."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Values that a list can be filtered by. `categories` is empty if there are too many."""

    categories: Sequence[str]
    currencies: Sequence[str]


def list_products(
    filters: Filters, sort: Sort, limit: int, cursor: Cursor | None = None
) -> Page[Product]:
    """Return the page of matching products that a cursor leads to, or the first one.

    In the order of ids, every product that exists throughout appears exactly once, whatever is
    written meanwhile. In the order of another field, a product whose value changes during
    pagination may appear twice or not at all.
    """
    return product_lists.read_page(filters, sort, cursor, limit)


def count_products(filters: Filters) -> int:
    """Return how many products match."""
    return product_lists.count(filters)


def read_choices() -> Choices:
    """Return the categories and currencies of the products, in alphabetical order."""
    categories = products.distinct_values("category", MOST_CATEGORIES + 1)
    return Choices(
        categories if len(categories) <= MOST_CATEGORIES else [],
        list(filter(known_currency, products.distinct_values("currency", len(CURRENCIES)))),
    )


def export_products(
    filters: Filters, sort: Sort, limit: int | None, cursor: Cursor | None = None
) -> Generator[Product]:
    """Yield all matching products, or up to `limit` from a cursor on, as of one instant."""
    return product_lists.stream(filters, sort, cursor, limit)


def get_product(product_id: int) -> Product:
    """Return the row of the product with an id. Raises ProductNotFound."""
    product: Product | None = products.find(product_id)
    return _found(product, product_id)


def get_entity_tag(product_id: int) -> str:
    """Return the entity tag of the product with an id. Raises ProductNotFound."""
    return entity_tag(_found(products.find(product_id, COLUMNS), product_id))


def _found(product: Product | None, product_id: int) -> Product:
    if product is None:
        raise ProductNotFound(f"There is no product {product_id}.")
    return product


def create_product(values: Mapping[str, Any], aliexpress_id: str | None) -> Product:
    """Create a product, or restore the deleted one with this AliExpress id.

    Raises AlreadyStored and InvalidEdit.
    """
    return curation.create_product(values, aliexpress_id)


def replace_product(
    product_id: int, values: Mapping[str, Any], identity: Mapping[str, Any], if_match: IfMatch
) -> Product:
    """Set all editable fields of a product: those that `values` leaves out become null.

    Raises as `update_product`.
    """
    if "title" not in values:
        raise InvalidBody("title is required, because omitted fields become null.")
    return update_product(product_id, {**dict.fromkeys(EDITABLE), **values}, identity, if_match)


def update_product(
    product_id: int, values: Mapping[str, Any], identity: Mapping[str, Any], if_match: IfMatch
) -> Product:
    """Set some fields of a product and return it.

    `identity` has the `id` and `aliexpress_id` that the client sent, which must be the product's.
    If the product is written by somebody else at the same time, it is read and checked again.
    Raises ProductNotFound, EditConflict, InvalidBody and InvalidEdit.
    """
    while True:
        product = _found(products.get(product_id), product_id)
        require_match(product, if_match)
        _require_identity(product, identity)
        if curation.edit_product(product, values):
            return product


def delete_product(product_id: int, if_match: IfMatch) -> None:
    """Delete a product; later crawls do not add it again.

    Raises ProductNotFound and EditConflict.
    """
    while True:
        product = _found(products.get(product_id), product_id)
        require_match(product, if_match)
        if curation.delete_product(product):
            return


def _require_identity(product: Product, identity: Mapping[str, Any]) -> None:
    for name, value in identity.items():
        if value != getattr(product, name) or isinstance(value, bool):
            raise InvalidBody(f"{name} cannot be changed. Omit it or send it as it is.")
