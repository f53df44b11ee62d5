"""The service on a fake repository: which pages it gives, and where they lead."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Product
from webapi.cursors import Cursor
from webapi.errors import InvalidQuery
from webapi.services import ProductService


class FakeProducts:
    """Products with given ids, in memory."""

    def __init__(self, ids: set[int]) -> None:
        self.ids = sorted(ids)

    def page(self, count: int, cursor: Cursor | None) -> Sequence[Product]:
        if cursor is None:
            ids = self.ids[:count]
        elif cursor.side == "after":
            ids = [number for number in self.ids if number > cursor.id][:count]
        else:
            ids = [number for number in self.ids if number < cursor.id][-count:]
        return [Product(id=number) for number in ids]

    def has_any(self, cursor: Cursor) -> bool:
        return bool(self.page(1, cursor))

    def count(self) -> int:
        return len(self.ids)


ids = st.sets(st.integers(1, 30))


@given(ids, st.integers(1, 7))
def test_a_walk_shows_every_product_once_in_both_directions(kept: set[int], limit: int) -> None:
    service = ProductService(FakeProducts(kept))
    page = service.list_products(limit)
    seen = [product.id for product in page.products]
    while page.next:
        page = service.list_products(limit, page.next)
        seen += [product.id for product in page.products]
    assert seen == sorted(kept)
    back = [product.id for product in page.products][::-1]
    while page.prev:
        page = service.list_products(limit, page.prev)
        back += [product.id for product in page.products][::-1]
    assert back == sorted(kept, reverse=True)
    assert page.total == len(kept)


@given(ids, st.sampled_from(["after", "before"]), st.integers(1, 31), st.integers(1, 7))
def test_any_place_has_neighbours_where_there_are_products(
    kept: set[int], side: str, place: int, limit: int
) -> None:
    cursor = Cursor("after" if side == "after" else "before", place)
    service = ProductService(FakeProducts(kept))
    page = service.list_products(limit, cursor)
    shown = {product.id for product in page.products}
    if page.next:
        following = service.list_products(limit, page.next).products
        assert following
        assert min(product.id for product in following) > max(shown | {0})
    rest = {number for number in kept - shown if number > max(shown | {0})}
    if shown:
        assert bool(page.next) == bool(rest)


@given(st.sampled_from(["after", "before"]), st.integers(1, 2**63 - 1))
def test_a_cursor_survives_the_way_through_a_link(side: str, place: int) -> None:
    cursor = Cursor("after" if side == "after" else "before", place)
    assert Cursor.parse(str(cursor)) == cursor


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    try:
        cursor = Cursor.parse(text)
    except InvalidQuery:
        return
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize("place", [0, -1, 2**63])
def test_a_place_that_no_row_can_have_is_no_cursor(place: int) -> None:
    with pytest.raises(InvalidQuery):
        Cursor.parse(str(Cursor("after", place)))
