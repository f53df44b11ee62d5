"""The use cases, in the words of the domain; they are handed their repository and know no HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from db.models import Product
from webapi.cursors import Cursor


class Products(Protocol):
    """What the service asks of a repository of products."""

    def page(self, count: int, cursor: Cursor | None) -> Sequence[Product]: ...

    def has_any(self, cursor: Cursor) -> bool: ...

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of products and the places where the next and the previous one begin."""

    products: Sequence[Product]
    total: int
    next: Cursor | None
    prev: Cursor | None


class ProductService:
    """Answers questions about products."""

    def __init__(self, products: Products) -> None:
        self.products = products

    def list_products(self, limit: int, cursor: Cursor | None = None) -> ProductPage:
        """The products at a place in the list, by id, at most `limit` of them."""
        found = self.products.page(limit, cursor)
        first, last = _neighbours(found, cursor)
        return ProductPage(found, self.products.count(), self._open(last), self._open(first))

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
