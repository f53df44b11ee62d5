"""Listing pages: each folder of `listings/` is a page and the items expected of it.

`expected.json` names only what is not null. A new case is a new folder.
"""

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import HtmlResponse, Response

from aliscrape.items import ProductItem
from aliscrape.pages.embedded import LONGEST_NAME, name_at, text_at
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.listing.cards import is_banner
from aliscrape.pages.listing.layouts import read_listing
from aliscrape.site import ALIEXPRESS, Site
from tests.listings import init_data, search_reply

SITE = Site.at(ALIEXPRESS)
CASES = sorted((Path(__file__).parent / "listings").iterdir())
ERRORS: dict[str, type[PageError]] = {"BlockedPage": BlockedPage, "UnknownLayout": UnknownLayout}


def response(body: str | bytes, url: str = f"{ALIEXPRESS}/w/wholesale-shoes.html") -> HtmlResponse:
    return HtmlResponse(url, body=body, encoding="utf-8")


def said(item: ProductItem) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in asdict(item).items()
        if value not in (None, {})
    }


@pytest.mark.parametrize("folder", CASES, ids=[folder.name for folder in CASES])
def test_a_page_gives_the_items_expected_of_it(folder: Path) -> None:
    (page,) = folder.glob("page.*")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    if "error" in expected:
        with pytest.raises(ERRORS[expected["error"]], match=expected["message"]):
            read_listing(response(page.read_bytes()), SITE).items()
        return
    listing = read_listing(response(page.read_bytes()), SITE)
    assert (listing.layout, listing.info.number, listing.currency) == (
        expected["layout"],
        expected["number"],
        expected["currency"],
    )
    assert [said(item) for item in listing.items()] == expected["items"]


def test_what_is_not_text_is_no_listing() -> None:
    with pytest.raises(UnknownLayout, match="not text"):
        read_listing(Response(f"{ALIEXPRESS}/w/x.html", body=b"\x89PNG"), SITE)


def test_a_page_at_the_block_s_address_is_a_block() -> None:
    page = response("<html></html>", f"{ALIEXPRESS}/w/x.html/_____tmd_____/punish?x5=1")
    with pytest.raises(BlockedPage):
        read_listing(page, SITE)


def test_a_page_nested_beyond_reason_is_not_understood() -> None:
    with pytest.raises(UnknownLayout):
        read_listing(response("{" + '"a":{' * 100_000), SITE)
    with pytest.raises(UnknownLayout):
        read_listing(response("_init_data_= { data: " + '{"a":' * 100_000), SITE)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
cards = st.fixed_dictionaries(
    {},
    optional={
        "productId": json_values | st.integers(1, 2**52).map(str),
        "title": json_values | st.fixed_dictionaries({"displayTitle": json_values}),
        "image": json_values | st.fixed_dictionaries({"imgUrl": json_values}),
        "prices": json_values | st.fixed_dictionaries({"salePrice": json_values}),
        "sellingPoints": json_values,
        "evaluation": json_values | st.fixed_dictionaries({"starRating": json_values}),
        "trade": json_values,
        "store": json_values,
        "trace": json_values | st.fixed_dictionaries({"utLogMap": json_values}),
    },
)


@given(json_values | st.lists(cards, max_size=3))
def test_whatever_stands_where_cards_should_is_items_or_a_page_error(content: object) -> None:
    for body in (init_data(content), search_reply(content)):
        try:
            items = read_listing(response(body), SITE).items()
        except PageError:
            continue
        assert isinstance(content, list)
        assert len(items) == sum(not is_banner(card) for card in content)


@pytest.mark.parametrize(
    ("title", "read"),
    [("Sh\x07oe \x85\x1f7\x9b", "Shoe 7"), ("\u200b\u2060", None), ("\x00\x01", None)],
    ids=["control characters", "joiners only", "control characters only"],
)
def test_a_title_is_read_without_control_characters_and_needs_something_to_see(
    title: str, read: str | None
) -> None:
    assert text_at({"title": title}, "title") == read


def test_a_text_that_is_too_long_is_no_name() -> None:
    longest = "靴" * LONGEST_NAME
    assert name_at({"title": longest}, "title") == longest
    assert name_at({"title": f"{longest}子"}, "title") is None
