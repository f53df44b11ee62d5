"""The service on a fake repository: which pages it gives, and what it makes of what goes wrong."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.catalog import AlreadyStored, UnknownProduct
from db.edits import EDITABLE, InvalidEdit
from db.models import Observation, Product
from webapi.cursors import Cursor
from webapi.errors import InvalidBody, InvalidQuery, ProductExists, ProductNotFound
from webapi.services import ProductService


class FakeProducts:
    """Products with given ids, in memory; writing raises `refusal` where it is set."""

    def __init__(self, ids: set[int], refusal: Exception | None = None) -> None:
        self.ids = sorted(ids)
        self.refusal = refusal
        self.written: list[tuple[Mapping[str, Any], Iterable[str] | None]] = []

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

    def get(self, product_id: int) -> Product | None:
        return Product(id=product_id) if product_id in self.ids else None

    def history(self, product_id: int) -> Sequence[Observation]:
        return [Observation(product=product_id)]

    def create(
        self, values: Mapping[str, Any], aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product:
        return self.edit(int(aliexpress_id or 1), values, held)

    def edit(
        self, product_id: int, values: Mapping[str, Any], held: Iterable[str] | None
    ) -> Product:
        if self.refusal:
            raise self.refusal
        self.written.append((values, held))
        return Product(id=product_id)


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


def test_a_product_that_is_not_there_is_not_found() -> None:
    service = ProductService(FakeProducts({1}))
    assert service.get(1).id == 1
    for question in (service.get, service.history):
        with pytest.raises(ProductNotFound, match="no product 2"):
            question(2)


def test_replacing_says_all_of_a_product() -> None:
    products = FakeProducts({1})
    ProductService(products).replace(1, {"title": "X"}, held=["title"])
    assert products.written == [(dict.fromkeys(EDITABLE) | {"title": "X"}, ["title"])]


def test_replacing_needs_a_title() -> None:
    with pytest.raises(InvalidBody, match="title"):
        ProductService(FakeProducts({1})).replace(1, {"price": None})


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [
        (InvalidEdit("'price' needs a currency"), InvalidBody),
        (UnknownProduct("There is no product 1."), ProductNotFound),
    ],
)
def test_what_the_catalog_refuses_is_said_in_the_service_s_words(
    refusal: Exception, raised: type[Exception]
) -> None:
    with pytest.raises(raised, match=str(refusal)):
        ProductService(FakeProducts({1}, refusal)).update(1, {"title": "X"})


def test_a_product_that_exists_is_named() -> None:
    service = ProductService(FakeProducts({1}, AlreadyStored("1005", 1)))
    with pytest.raises(ProductExists, match="1005") as refused:
        service.create({"title": "X"}, "1005")
    assert refused.value.product_id == 1
