"""The products: their list, each of them, and what people say of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final, Protocol

from db.curation import AlreadyStored, Expectation, UnknownProduct
from db.edits import EDITABLE, InvalidEdit
from db.models import Product
from webapi.criteria import Criteria, Listed, Order
from webapi.cursors import Cursor
from webapi.errors import InvalidBody, ProductExists, ProductNotFound
from webapi.services.pages import Page, Pages

Values = Mapping[str, Any]

AT_ONCE: Final = 500
"""How many products a walk through all reads at a time."""


def anything(_product: Product) -> None:
    """Expects nothing of a product that is to be written."""


class Products(Protocol):
    """What the service asks of a repository of products."""

    def steady(self) -> AbstractContextManager[None]: ...

    def last_change(self) -> int: ...

    def page(
        self, criteria: Criteria, order: Order, count: int, cursor: Cursor | None = None
    ) -> Sequence[Listed]: ...

    def count(self, criteria: Criteria) -> int: ...

    def get(self, product_id: int) -> Product | None: ...

    def create(
        self, values: Values, aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product: ...

    def edit(
        self, product_id: int, values: Values, held: Iterable[str] | None, expect: Expectation
    ) -> Product: ...

    def delete(self, product_id: int, expect: Expectation) -> None: ...


class ProductService:
    """Answers questions about products and takes what people say of them."""

    def __init__(self, products: Products) -> None:
        self.products = products

    def list_products(
        self, criteria: Criteria, order: Order, limit: int, cursor: Cursor | None = None
    ) -> Page[Listed]:
        """The products at a place in a list, at most `limit` of them. Raises StaleCursor."""
        with self.products.steady():
            pages = Pages(
                partial(self.products.page, criteria, order),
                lambda listed: listed.place,
                self._beginning(order, cursor),
            )
            return pages.at(cursor, limit, self.products.count(criteria))

    def walk(
        self, criteria: Criteria, order: Order, limit: int | None, cursor: Cursor | None = None
    ) -> Iterator[Listed]:
        """The products of a list one by one, from a cursor on; all, or at most `limit`.

        Each product that is there throughout comes once, whatever is written meanwhile, and no
        lock is held. Raises StaleCursor.
        """
        left = limit
        as_of = self._beginning(order, cursor)
        while left is None or left > 0:
            count = AT_ONCE if left is None else min(left, AT_ONCE)
            with self.products.steady():
                found = self.products.page(criteria, order, count, cursor)
            yield from found
            if not found or (len(found) < count and (cursor is None or cursor.side == "after")):
                return
            left = None if left is None else left - count
            cursor = Cursor("after", found[-1].place, as_of)

    def _beginning(self, order: Order, cursor: Cursor | None) -> int:
        """The last change of a place before the walk began; in the order of ids none counts."""
        if cursor is not None:
            return cursor.as_of
        return self.products.last_change() if order.columns else 0

    def get(self, product_id: int) -> Product:
        """The product with an id. Raises ProductNotFound."""
        product = self.products.get(product_id)
        if product is None:
            raise ProductNotFound(f"There is no product {product_id}.")
        return product

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
        self,
        product_id: int,
        values: Values,
        held: Iterable[str] | None = None,
        expect: Expectation = anything,
    ) -> Product:
        """Say all of a product: what is left out becomes unknown. Raises as `update`."""
        if "title" not in values:
            raise InvalidBody("title is needed: what is left out becomes null.")
        return self.update(product_id, {**dict.fromkeys(EDITABLE), **values}, held, expect)

    def update(
        self,
        product_id: int,
        values: Values,
        held: Iterable[str] | None = None,
        expect: Expectation = anything,
    ) -> Product:
        """Say something of a product. Raises ProductNotFound, InvalidBody, and what `expect` does.

        `expect` sees the product as it is when it is written, with no other writer between.
        """
        try:
            return self.products.edit(product_id, values, held, expect)
        except UnknownProduct as error:
            raise ProductNotFound(str(error)) from error
        except InvalidEdit as error:
            raise InvalidBody(str(error)) from error

    def delete(self, product_id: int, expect: Expectation = anything) -> None:
        """Take a product out; crawls leave it out too. Raises as `update`."""
        try:
            self.products.delete(product_id, expect)
        except UnknownProduct as error:
            raise ProductNotFound(str(error)) from error
