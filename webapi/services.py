"""The use cases, in the words of the domain; they are handed their repository and know no HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from db.catalog import AlreadyStored, UnknownProduct
from db.edits import EDITABLE, InvalidEdit
from db.models import Observation, Product
from webapi.cursors import Cursor
from webapi.errors import InvalidBody, ProductExists, ProductNotFound

Values = Mapping[str, Any]


class Products(Protocol):
    """What the service asks of a repository of products."""

    def page(self, count: int, cursor: Cursor | None) -> Sequence[Product]: ...

    def has_any(self, cursor: Cursor) -> bool: ...

    def count(self) -> int: ...

    def get(self, product_id: int) -> Product | None: ...

    def history(self, product_id: int) -> Sequence[Observation]: ...

    def create(
        self, values: Values, aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product: ...

    def edit(self, product_id: int, values: Values, held: Iterable[str] | None) -> Product: ...


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of products and the places where the next and the previous one begin."""

    products: Sequence[Product]
    total: int
    next: Cursor | None
    prev: Cursor | None


class ProductService:
    """Answers questions about products and takes what people say of them."""

    def __init__(self, products: Products) -> None:
        self.products = products

    def list_products(self, limit: int, cursor: Cursor | None = None) -> ProductPage:
        """The products at a place in the list, by id, at most `limit` of them."""
        found = self.products.page(limit, cursor)
        first, last = _neighbours(found, cursor)
        return ProductPage(found, self.products.count(), self._open(last), self._open(first))

    def get(self, product_id: int) -> Product:
        """The product with an id. Raises ProductNotFound."""
        product = self.products.get(product_id)
        if product is None:
            raise ProductNotFound(f"There is no product {product_id}.")
        return product

    def history(self, product_id: int) -> Sequence[Observation]:
        """What crawls saw of a product, oldest first. Raises ProductNotFound."""
        self.get(product_id)
        return self.products.history(product_id)

    def create(
        self, values: Values, aliexpress_id: str | None, held: Iterable[str] | None = None
    ) -> Product:
        """Add a product by hand. Raises ProductExists and InvalidBody."""
        try:
            return self.products.create(values, aliexpress_id, held)
        except AlreadyStored as error:
            raise ProductExists(str(error), error.product_id) from error
        except InvalidEdit as error:
            raise InvalidBody(str(error)) from error

    def replace(
        self, product_id: int, values: Values, held: Iterable[str] | None = None
    ) -> Product:
        """Say all of a product: what is left out becomes unknown. Raises as `update`."""
        if "title" not in values:
            raise InvalidBody("title is needed: what is left out becomes null.")
        return self.update(product_id, {**dict.fromkeys(EDITABLE), **values}, held)

    def update(self, product_id: int, values: Values, held: Iterable[str] | None = None) -> Product:
        """Say something of a product. Raises ProductNotFound and InvalidBody."""
        try:
            return self.products.edit(product_id, values, held)
        except UnknownProduct as error:
            raise ProductNotFound(str(error)) from error
        except InvalidEdit as error:
            raise InvalidBody(str(error)) from error

    def _open(self, cursor: Cursor | None) -> Cursor | None:
        """The cursor, where it leads to a product."""
        return cursor if cursor is not None and self.products.has_any(cursor) else None


def _neighbours(
    found: Sequence[Product], cursor: Cursor | None
) -> tuple[Cursor | None, Cursor | None]:
    """The places right before and right after a page; an empty page lies where it was asked for."""
    if found:
        return Cursor("before", found[0].id), Cursor("after", found[-1].id)
    if cursor is None:
        return None, None
    if cursor.side == "after":
        return Cursor("before", cursor.id + 1), None
    return None, Cursor("after", cursor.id - 1)
