"""What product pages say, layout by layout, and the answers that are no product."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from aliscrape.items import Absence, ProductPageItem
from aliscrape.outcome import Run
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.product.layouts import OtherProduct, ProductAbsent, read_page, read_reply
from aliscrape.pipelines.clean_price import CleanPricePipeline
from db.money import Money
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
IDS = {"1005", "1005006400000000"}


def script_url(product_id: str | None = "1005") -> str:
    """Return the address that a shell's script requests."""
    data = json.dumps({"productId": product_id, "country": "US"})
    return "https://acs.aliexpress.com/h5/mtop.aliexpress.pdp.pc.query/1.0/?" + urlencode(
        {"type": "originaljsonp", "data": data}
    )


def dollars(amount: str) -> Money:
    return Money.of(Decimal(amount), "USD")


def page_item(html: str, country: str = "US") -> ProductPageItem:
    item = read_page(URL, html, country)
    assert item is not None
    return item


def reply_item(text: str, url: str = script_url(), country: str = "US") -> ProductPageItem:
    item = read_reply(url, text, IDS, country)
    assert item is not None
    return item


def shipping_of(item: ProductPageItem) -> Money | None:
    """Return the shipping price that the pipeline makes of an item."""
    CleanPricePipeline(Run()).process_item(item)
    if item.shipping_price is None or item.currency is None:
        return None
    return Money.of(item.shipping_price, item.currency)


WAYS: list[Any] = [
    pytest.param(FREE, dollars("0"), id="free"),
    pytest.param(fee(5.26), dollars("5.26"), id="a fee"),
    pytest.param(fee(300, "JPY"), Money(300, "JPY"), id="the shown currency counts"),
    pytest.param(fee(3, thresholdOverZero="no"), dollars("0"), id="charged, and yet free"),
    pytest.param(fee(3, thresholdOverZero="yes"), dollars("3.00"), id="a threshold over zero"),
    pytest.param(fee(51.98, choiceFreeShipping="yes"), dollars("51.98"), id="free under Choice"),
    pytest.param({"displayAmount": 2.5, "displayCurrency": "USD"}, dollars("2.50"), id="unnamed"),
    pytest.param({"unreachable": True, **fee(2)}, None, id="not shipped here"),
    pytest.param({"unreachable": "true", **fee(2)}, None, id="not shipped here, as a text"),
    pytest.param({"unreachable": "false", **fee(2)}, dollars("2.00"), id="shipped here, as a text"),
    pytest.param(fee(3, thresholdOverZero="maybe"), None, id="a threshold nobody has seen"),
    pytest.param(fee(3, thresholdOverZero=False), None, id="a threshold that is no word"),
    pytest.param(fee(3, shipToCode="US"), dollars("3.00"), id="a quote for this country"),
    pytest.param(fee(3, shipToCode="PK"), None, id="a quote for another country"),
    pytest.param(FREE | {"shipToCode": "PK"}, None, id="free to another country"),
    pytest.param(fee(3, shippingFee="free"), dollars("3.00"), id="called free beside a fee"),
    pytest.param(fee(5198, formattedAmount="$51.98"), dollars("51.98"), id="a number in cents"),
    pytest.param(fee(0, formattedAmount="$51.98"), dollars("51.98"), id="a zero beside a fee"),
    pytest.param({"shippingFee": "charge", "displayAmount": 0}, None, id="a charge of nothing"),
    pytest.param({"formattedAmount": "$4.01"}, dollars("4.01"), id="an amount as text only"),
    pytest.param({"shippingFee": "charge", "displayCurrency": "USD"}, None, id="no amount"),
    pytest.param(None, None, id="nothing said"),
]


@pytest.mark.parametrize(("way", "shipping"), WAYS)
def test_a_way_of_shipping_means_the_same_in_every_newer_layout(
    way: dict[str, Any] | None, shipping: Money | None
) -> None:
    assert shipping_of(page_item(components_page(1005, "Store", way))) == shipping
    assert shipping_of(reply_item(reply(result("1005", "Store", way)))) == shipping


@pytest.mark.parametrize(
    ("country", "quoted"), [("UK", "GB"), ("GB", "UK"), ("GB", "GB"), ("UK", "UK")]
)
def test_the_united_kingdom_has_two_codes(country: str, quoted: str) -> None:
    page = components_page(1005, "Store", fee(3, shipToCode=quoted))
    assert shipping_of(page_item(page, country)) == dollars("3.00")


def test_a_fee_that_the_words_of_the_page_contradict_is_unknown() -> None:
    page = components_page(1005, "Store", fee(3))
    other = page.replace('"shippingFeeText": "Shipping"', '"shippingFeeText": "Shipping: $9.99"')
    assert shipping_of(page_item(other)) is None


def test_the_selected_way_of_shipping_goes_before_the_first() -> None:
    facts = result("1005", "Store", fee(2, deliveryOptionCode="SLOW"))
    facts["SHIPPING"]["deliveryLayoutInfo"].append({"bizData": fee(7, deliveryOptionCode="FAST")})
    facts["SHIPPING"]["selectedDeliveryOptionCode"] = "FAST"
    assert shipping_of(reply_item(reply(facts))) == dollars("7.00")
    facts["SHIPPING"]["selectedDeliveryOptionCode"] = "UNHEARD_OF"
    assert shipping_of(reply_item(reply(facts))) == dollars("2.00")


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
            layout="modules",
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
        layout="components",
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
        layout="mtop reply",
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
    assert read_page(URL, page, "US") is None


def test_a_block_page_is_told_from_a_shell_that_names_the_same_errors() -> None:
    with pytest.raises(BlockedPage):
        read_page(URL, block_page(), "US")
    assert "RGV587_ERROR" in shell("1005", "https://acs.aliexpress.com")
    assert read_page(URL, shell("1005", "https://acs.aliexpress.com"), "US") is None


def test_a_reply_without_a_token_is_waited_past() -> None:
    assert read_reply(script_url(), token_refused(), IDS, "US") is None


@pytest.mark.parametrize(
    ("code", "absence"),
    [
        ("SITEM_NOT_EXIST", Absence.GONE),
        ("SITEM_NOT_SOLD_TO_COUNTRY", Absence.NOT_SOLD_HERE),
        ("SITEM_A_CODE_OF_TOMORROW", Absence.NOT_SOLD_HERE),
    ],
)
def test_a_product_that_is_gone_is_told_from_one_that_is_not_sold_here(
    code: str, absence: Absence
) -> None:
    with pytest.raises(ProductAbsent, match=code) as raised:
        read_reply(script_url(), reply(gone("1005", code)), IDS, "US")
    assert raised.value.absence is absence


NOT_THIS_PRODUCT = [
    pytest.param(reply(result("7", "Store", FREE)), script_url(), id="its own id"),
    pytest.param(
        reply({"PRODUCT_TITLE": {"text": "Shoe"}}), script_url("7"), id="the requested id"
    ),
    pytest.param(reply({"PRODUCT_TITLE": {"text": "Shoe"}}), script_url(None), id="no id at all"),
    pytest.param(reply(gone("7")), script_url(), id="another product is gone"),
    pytest.param(reply({}), script_url("7"), id="another product's empty result"),
]


@pytest.mark.parametrize(("text", "url"), NOT_THIS_PRODUCT)
def test_a_reply_must_be_about_the_product_of_the_page(text: str, url: str) -> None:
    with pytest.raises(OtherProduct):
        read_reply(url, text, IDS, "US")


def test_a_reply_without_an_id_is_about_the_product_that_was_requested() -> None:
    item = reply_item(reply({"SHOP_CARD_PC": {"storeName": "Store"}}))
    assert (item.aliexpress_id, item.store_name) == ("1005", "Store")


BAD_REPLIES: list[Any] = [
    pytest.param(
        json.dumps({"ret": ["FAIL_SYS_USER_VALIDATE", "RGV587_ERROR::SM"]}), BlockedPage, id="block"
    ),
    pytest.param(reply({}, "FAIL_BIZ_SYSTEM::busy"), UnknownLayout, id="another refusal"),
    pytest.param(reply(None), UnknownLayout, id="success without a result"),
    pytest.param(json.dumps({"data": {}}), UnknownLayout, id="nothing said"),
    pytest.param(reply({}), PageError, id="an empty result"),
    pytest.param(reply({"GLOBAL_DATA": {"globalData": {}}}), PageError, id="no data and no code"),
    pytest.param(block_page(), BlockedPage, id="the block page"),
    pytest.param("[]", UnknownLayout, id="a list"),
    pytest.param(reply(result("1005", "Store", FREE))[:-40], PageError, id="cut off"),
    pytest.param("", PageError, id="empty"),
]


@pytest.mark.parametrize(("text", "error"), BAD_REPLIES)
def test_a_reply_that_is_no_product_is_refused(text: str, error: type[PageError]) -> None:
    with pytest.raises(error) as raised:
        read_reply(script_url(), text, IDS, "US")
    assert not isinstance(raised.value, ProductAbsent)
