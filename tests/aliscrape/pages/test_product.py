"""What product pages say, layout by layout, and the answers that are no product."""

import json
from decimal import Decimal
from typing import Any

import pytest

from aliscrape.items import ProductPageItem
from aliscrape.outcome import Run
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.product import ProductGone, read_page, read_reply
from aliscrape.parsers import Price
from aliscrape.pipelines import CleanPricePipeline
from tests.listings import block_page
from tests.products import (
    FREE,
    components_page,
    fee,
    gone,
    modules_page,
    not_found,
    reply,
    result,
    shell,
    token_refused,
)

URL = "https://www.aliexpress.com/item/1005.html"


def dollars(amount: str) -> Price:
    return Price(Decimal(amount), "USD")


def page_item(html: str) -> ProductPageItem:
    item = read_page(URL, html)
    assert item is not None
    return item


def reply_item(text: str) -> ProductPageItem:
    item = read_reply(text)
    assert item is not None
    return item


def shipping_of(item: ProductPageItem) -> Price | None:
    """Return the shipping price that the pipeline makes of an item."""
    CleanPricePipeline(Run()).process_item(item)
    if item.shipping_price is None or item.currency is None:
        return None
    return Price(item.shipping_price, item.currency)


WAYS: list[Any] = [
    pytest.param(FREE, dollars("0"), id="free"),
    pytest.param(fee(5.26), dollars("5.26"), id="a fee"),
    pytest.param(fee(300, "JPY"), Price(Decimal(300), "JPY"), id="the shown currency counts"),
    pytest.param(fee(3, thresholdOverZero="no"), dollars("0"), id="charged, and yet free"),
    pytest.param(fee(3, thresholdOverZero="yes"), dollars("3.00"), id="a threshold over zero"),
    pytest.param(fee(51.98, choiceFreeShipping="yes"), dollars("51.98"), id="free under Choice"),
    pytest.param({"displayAmount": 2.5, "displayCurrency": "USD"}, dollars("2.50"), id="unnamed"),
    pytest.param({"unreachable": True, **fee(2)}, None, id="not shipped here"),
    pytest.param({"formattedAmount": "$4.01"}, dollars("4.01"), id="an amount as text only"),
    pytest.param({"shippingFee": "charge", "displayCurrency": "USD"}, None, id="no amount"),
    pytest.param(None, None, id="nothing said"),
]


@pytest.mark.parametrize(("way", "shipping"), WAYS)
def test_a_way_of_shipping_means_the_same_in_every_newer_layout(
    way: dict[str, Any] | None, shipping: Price | None
) -> None:
    assert shipping_of(page_item(components_page(1005, "Store", way))) == shipping
    assert shipping_of(reply_item(reply(result("1005", "Store", way)))) == shipping


def test_the_first_way_of_shipping_is_the_default_and_deliveries_come_first() -> None:
    facts = result("1005", "Store", fee(2))
    facts["SHIPPING"]["deliveryLayoutInfo"].append({"bizData": FREE})
    facts["SHIPPING"]["originalLayoutResultList"] = [{"bizData": fee(9)}]
    assert shipping_of(reply_item(reply(facts))) == dollars("2.00")
    del facts["SHIPPING"]["deliveryLayoutInfo"]
    assert shipping_of(reply_item(reply(facts))) == dollars("9.00")


def test_the_layout_of_modules_is_read_whole() -> None:
    assert page_item(modules_page(1005, "Store", FREE | {"formattedAmount": "$0"})) == (
        ProductPageItem(
            aliexpress_id="1005",
            store_name="Store",
            currency="USD",
            shipping_number=Decimal(0),
            shipping_fee_text="$0",
            shipping_text="$0",
            star_rating_text="4.6",
            units_sold_number=80,
            units_sold_text="80",
        )
    )


def test_the_layout_of_components_is_read_whole() -> None:
    assert page_item(components_page(1005, "Store", fee(5))) == ProductPageItem(
        aliexpress_id="1005",
        store_name="Store",
        currency="USD",
        shipping_number=Decimal(5),
        shipping_fee_text="$5",
        shipping_text="Shipping",
        star_rating_text="4.7",
        units_sold_text="2,000+",
    )


@pytest.mark.parametrize(
    ("before", "after"), [("mtopjsonp1(", ")"), ("", "")], ids=["call", "JSON"]
)
def test_a_reply_is_read_whole(before: str, after: str) -> None:
    plain = reply(result("1005", "Store", fee(5))).removeprefix("mtopjsonp1(").removesuffix(")")
    facts = reply_item(f"{before}{plain}{after}")
    assert facts == ProductPageItem(
        aliexpress_id="1005",
        store_name="Store",
        currency="USD",
        shipping_number=Decimal(5),
        shipping_fee_text="$5",
        shipping_text="$5",
        star_rating_text="4.6",
        units_sold_text="1,000+ sold",
    )


def test_an_id_for_visitors_from_the_us_is_turned_into_the_global_one() -> None:
    ours = str(2**51 + 1005006400000000)
    assert reply_item(reply(result(ours, None, None))).aliexpress_id == "1005006400000000"


def test_modules_are_optional() -> None:
    facts = reply_item(reply({"PRODUCT_TITLE": {"text": "Shoe"}}))
    assert {
        facts.store_name,
        shipping_of(facts),
        facts.star_rating_text,
        facts.units_sold_text,
    } == {None}


def test_the_store_is_found_among_the_shared_data_too() -> None:
    facts = result("1005", None, None)
    facts["GLOBAL_DATA"]["globalData"]["storeName"] = "Shared Store"
    assert reply_item(reply(facts)).store_name == "Shared Store"


def test_entities_and_markup_of_the_words_are_resolved() -> None:
    way = {
        "bizData": FREE,
        "tableContentLayout": [{"content": "<b>Free&nbsp;shipping</b> &amp; more"}],
    }
    facts = result("1005", "Store", None, SHIPPING={"deliveryLayoutInfo": [way]})
    assert reply_item(reply(facts)).shipping_text == "Free shipping & more"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(shell("1005", "https://acs.aliexpress.com"), id="a shell"),
        pytest.param(not_found(["7", "8"]), id="not found, with other people's products"),
    ],
)
def test_a_page_without_data_says_nothing_by_itself(page: str) -> None:
    assert read_page(URL, page) is None


def test_a_block_page_is_told_from_a_shell_that_names_the_same_errors() -> None:
    with pytest.raises(BlockedPage):
        read_page(URL, block_page())
    assert "RGV587_ERROR" in shell("1005", "https://acs.aliexpress.com")
    assert read_page(URL, shell("1005", "https://acs.aliexpress.com")) is None


def test_a_reply_without_a_token_is_waited_past() -> None:
    assert read_reply(token_refused()) is None


@pytest.mark.parametrize("code", ["SITEM_NOT_EXIST", "SITEM_NOT_SOLD_TO_COUNTRY"])
def test_a_product_that_is_gone_or_not_sold_here_is_told_apart(code: str) -> None:
    with pytest.raises(ProductGone, match=code):
        read_reply(reply(gone("1005", code)))


BAD_REPLIES: list[Any] = [
    pytest.param(
        json.dumps({"ret": ["FAIL_SYS_USER_VALIDATE", "RGV587_ERROR::SM"]}), BlockedPage, id="block"
    ),
    pytest.param(reply({}, "FAIL_BIZ_SYSTEM::busy"), UnknownLayout, id="another refusal"),
    pytest.param(reply(None), UnknownLayout, id="success without a result"),
    pytest.param(json.dumps({"data": {}}), UnknownLayout, id="nothing said"),
    pytest.param("[]", UnknownLayout, id="a list"),
    pytest.param(reply(result("1005", "Store", FREE))[:-40], PageError, id="cut off"),
    pytest.param("", PageError, id="empty"),
]


@pytest.mark.parametrize(("text", "error"), BAD_REPLIES)
def test_a_reply_that_is_no_product_is_refused(text: str, error: type[PageError]) -> None:
    with pytest.raises(error):
        read_reply(text)
