"""The services on fake repositories: which pages they give, what they make of what goes wrong."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.curation import AlreadyStored, Expectation, UnknownProduct
from db.edits import EDITABLE, InvalidEdit
from db.models import Product
from webapi.criteria import Criteria, Listed, Order
from webapi.cursors import Cursor, Place
from webapi.errors import InvalidBody, InvalidQuery, ProductExists, ProductNotFound
from webapi.services.products import ProductService, anything

ALL = Criteria()
BY_ID = Order()


class FakeProducts:
    """Products with given ids, in memory; writing raises `refusal` where it is set."""

    def __init__(self, ids: set[int], refusal: Exception | None = None) -> None:
        self.ids = sorted(ids)
        self.refusal = refusal
        self.written: list[tuple[Mapping[str, Any], Iterable[str] | None]] = []

    def steady(self) -> AbstractContextManager[None]:
        return nullcontext()

    def last_change(self) -> int:
        return 0

    def page(
        self, criteria: Criteria, order: Order, count: int, cursor: Cursor | None = None
    ) -> Sequence[Listed]:
        if cursor is None:
            ids = self.ids[:count]
        elif cursor.side == "after":
            ids = [number for number in self.ids if number > cursor.place.id][:count]
        else:
            ids = [number for number in self.ids if number < cursor.place.id][-count:]
        return [Listed(Product(id=number), Place(number)) for number in ids]

    def count(self, criteria: Criteria) -> int:
        return len(self.ids)

    def get(self, product_id: int) -> Product | None:
        return Product(id=product_id) if product_id in self.ids else None

    def create(
        self, values: Mapping[str, Any], aliexpress_id: str | None, held: Iterable[str] | None
    ) -> Product:
        return self.edit(int(aliexpress_id or 1), values, held)

    def edit(
        self,
        product_id: int,
        values: Mapping[str, Any],
        held: Iterable[str] | None,
        expect: Expectation = anything,
    ) -> Product:
        if self.refusal:
            raise self.refusal
        self.written.append((values, held))
        return Product(id=product_id)

    def delete(self, product_id: int, expect: Expectation) -> None:
        if self.refusal:
            raise self.refusal
        self.ids.remove(product_id)


ids = st.sets(st.integers(1, 30))


def numbers(listed: Sequence[Listed]) -> list[int]:
    return [one.product.id for one in listed]


@given(ids, st.integers(1, 7))
def test_a_walk_shows_every_product_once_in_both_directions(kept: set[int], limit: int) -> None:
    service = ProductService(FakeProducts(kept))
    page = service.list_products(ALL, BY_ID, limit)
    seen = numbers(page.items)
    while page.next:
        page = service.list_products(ALL, BY_ID, limit, page.next)
        seen += numbers(page.items)
    assert seen == sorted(kept)
    back = numbers(page.items)[::-1]
    while page.prev:
        page = service.list_products(ALL, BY_ID, limit, page.prev)
        back += numbers(page.items)[::-1]
    assert back == sorted(kept, reverse=True)
    assert page.total == len(kept)


@given(ids, st.sampled_from(["after", "before"]), st.integers(1, 31), st.integers(1, 7))
def test_any_place_has_neighbours_where_there_are_products(
    kept: set[int], side: str, place: int, limit: int
) -> None:
    cursor = Cursor("after" if side == "after" else "before", Place(place))
    service = ProductService(FakeProducts(kept))
    page = service.list_products(ALL, BY_ID, limit, cursor)
    shown = set(numbers(page.items))
    if page.next:
        following = service.list_products(ALL, BY_ID, limit, page.next).items
        assert following
        assert min(numbers(following)) > max(shown | {0})
    rest = {number for number in kept - shown if number > max(shown | {0})}
    if shown:
        assert bool(page.next) == bool(rest)


@pytest.mark.parametrize("limit", [None, 1, 499, 500, 501, 1100])
def test_a_walk_one_by_one_gives_all_or_as_many_as_asked(limit: int | None) -> None:
    service = ProductService(FakeProducts(set(range(1, 1100))))
    walked = numbers(list(service.walk(ALL, BY_ID, limit)))
    assert walked == list(range(1, 1100))[:limit]


values = st.none() | st.lists(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
).map(tuple)


@given(
    side=st.sampled_from(["after", "before"]),
    number=st.integers(0, 2**63 - 1),
    values=values,
    falling=st.booleans(),
)
def test_a_cursor_survives_the_way_through_a_link(
    side: str, number: int, values: Any, *, falling: bool
) -> None:
    place = Place(number, values, falling)
    cursor = Cursor("after" if side == "after" else "before", place, as_of=7)
    assert Cursor.parse(cursor.write("a list"), "a list") == cursor
    with pytest.raises(InvalidQuery):
        Cursor.parse(cursor.write("a list"), "another list")


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidQuery):
        Cursor.parse(text, "a list")


@pytest.mark.parametrize("place", [-1, 2**63])
def test_a_place_that_no_row_can_have_is_no_cursor(place: int) -> None:
    with pytest.raises(InvalidQuery):
        Cursor.parse(Cursor("after", Place(place)).write("a list"), "a list")


def test_a_product_that_is_not_there_is_not_found() -> None:
    service = ProductService(FakeProducts({1}))
    assert service.get(1).id == 1
    with pytest.raises(ProductNotFound, match="no product 2"):
        service.get(2)


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
