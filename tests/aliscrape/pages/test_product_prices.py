"""The prices of variants on product pages, and which of them is that of a stored product."""

import json
from decimal import Decimal
from typing import Any

import pytest

from aliscrape.items import ProductPageItem, VariantPrice
from aliscrape.pages.embedded import read_json
from aliscrape.pages.product.layouts import read_page, read_result
from aliscrape.pages.product.prices import chosen_price, reply_prices
from tests.products import FREE, Variant, components_page, modules_page, prices, result

URL = "https://www.aliexpress.com/item/1005.html"
REDUCED = Variant("11", "US $4.19", 4.19, "US $8.38", 8.38)
USUAL = Variant("12", "US $3.00", 3.0)
UNSALABLE = Variant("13", "US $0.01", 0.01, is_salable=False)


def embedded(html: str) -> ProductPageItem:
    item = read_page(URL, html, "US")
    assert item is not None
    return item


def item_of_reply(*variants: Variant, **parts: Any) -> ProductPageItem:
    stated = result("1005", "Store", FREE) | prices(variants) | parts
    return read_result(read_json(json.dumps(stated)), "1005", "US")


PAGES = [
    pytest.param(embedded(modules_page("1005", "S", FREE, (REDUCED, USUAL))), id="modules"),
    pytest.param(
        embedded(components_page("1005", "S", FREE, (REDUCED, USUAL, UNSALABLE))), id="components"
    ),
    pytest.param(item_of_reply(REDUCED, USUAL, UNSALABLE), id="reply"),
]


@pytest.mark.parametrize("item", PAGES)
def test_every_layout_states_the_prices_of_the_variants_that_can_be_bought(
    item: ProductPageItem,
) -> None:
    reduced, usual = item.variants
    assert (reduced.sku_id, reduced.price_text, reduced.list_price_text) == (
        "11",
        "US $4.19",
        "US $8.38",
    )
    assert (reduced.currency, reduced.list_price_number) == ("USD", Decimal("8.38"))
    assert (usual.sku_id, usual.price_text) == ("12", "US $3.00")


def variant(sku_id: str | None, text: str) -> VariantPrice:
    return VariantPrice(
        sku_id=sku_id,
        currency="USD",
        price_text=text,
        price_number=None,
        list_price_text=None,
        list_price_number=None,
    )


A, B, C = variant("1", "$5"), variant("2", "$7"), variant("3", "$5")


@pytest.mark.parametrize(
    ("variants", "stored", "chosen"),
    [
        pytest.param([A, B], "2", B, id="the stored variant's"),
        pytest.param([A, B], "9", None, id="several, and the stored one is not among them"),
        pytest.param([A, B], None, None, id="several, and no variant is stored"),
        pytest.param([A], "9", A, id="the only one, of another variant"),
        pytest.param([A, C], "9", variant(None, "$5"), id="one price for all"),
        pytest.param([A, C], "3", C, id="one price for all, the stored one among them"),
        pytest.param([], "1", None, id="none"),
    ],
)
def test_the_price_is_the_stored_variant_s_or_the_only_one(
    variants: list[VariantPrice], stored: str | None, chosen: VariantPrice | None
) -> None:
    assert chosen_price(variants, stored) == chosen


def test_a_price_for_new_shoppers_has_a_condition() -> None:
    promotion = {"promotionInfo": json.dumps({"n_tag": "-29910", "m03_new_user": "-29895"})}
    shared = {"globalData": {"productId": "1005", "currencyCode": "USD",
                             "curPagePriceInfo": promotion}}  # fmt: skip
    assert [one.price_condition for one in item_of_reply(USUAL, GLOBAL_DATA=shared).variants] == [
        "m03_new_user"
    ]
    assert [one.price_condition for one in item_of_reply(USUAL).variants] == [None]


ODD: list[Any] = [
    pytest.param({}, [], id="no prices"),
    pytest.param({"PRICE": {"skuIdStrPriceInfoMap": []}}, [], id="a list"),
    pytest.param({"PRICE": {"skuPriceInfoMap": {"1": None}}}, [None], id="no price of a variant"),
    pytest.param(
        {"PRICE": {"targetSkuPriceInfo": {"salePriceString": "$4"}, "selectedSkuId": 7}},
        ["$4"],
        id="the shown variant only",
    ),
    pytest.param(
        {"PRICE": {"skuPriceInfoMap": {"1": {"originalPrice": {"formatedAmount": "$9"}}}}},
        ["$9"],
        id="no reduced price",
    ),
]


@pytest.mark.parametrize(("parts", "texts"), ODD)
def test_odd_replies_state_what_they_state(parts: Any, texts: list[str | None]) -> None:
    assert [one.price_text for one in reply_prices(parts)] == texts
