"""The layouts of a product page, newest last: where each one keeps the facts that we read."""

from typing import Final

from aliscrape.items import ProductPageItem
from aliscrape.pages.embedded import Json, count_at, dig, shown_at, text_at
from aliscrape.pages.product.shipping import (
    contents,
    default_option,
    plain_text,
    shipping_fields,
)
from db.currencies import CURRENCIES
from db.identifiers import global_id


def read_modules(data: Json) -> ProductPageItem:
    """Read the embedded layout of 2019 to 2023, whose parts are called `...Module`."""
    freight = dig(data, "shippingModule", "generalFreightInfo", "originalLayoutResultList")
    currency = _currency(dig(data, "webEnv", "currency"))
    return ProductPageItem(
        aliexpress_id=global_id(
            dig(data, "commonModule", "productId") or dig(data, "pageModule", "productId")
        ),
        store_name=text_at(data, "storeModule", "storeName"),
        star_rating_text=shown_at(data, "titleModule", "feedbackRating", "averageStar"),
        units_sold_number=count_at(data, "titleModule", "tradeCount"),
        units_sold_text=text_at(data, "titleModule", "formatTradeCount"),
        **shipping_fields(default_option(freight), currency, words=None),
    )


def read_components(data: Json) -> ProductPageItem:
    """Read the embedded layout of 2024, whose parts are called `...Component`."""
    freight = dig(data, "webGeneralFreightCalculateComponent")
    option = default_option(dig(freight, "originalLayoutResultList"))
    currency = _currency(dig(data, "currencyComponent", "currencyCode"))
    product = dig(data, "productInfoComponent")
    return ProductPageItem(
        aliexpress_id=global_id(dig(product, "idStr") or dig(product, "id")),
        store_name=text_at(data, "sellerComponent", "storeName"),
        star_rating_text=shown_at(data, "feedbackComponent", "evarageStar"),
        units_sold_text=text_at(data, "tradeComponent", "formatTradeCount"),
        **shipping_fields(option, currency, plain_text(text_at(freight, "shippingFeeText"))),
    )


def read_result(result: Json) -> ProductPageItem:
    """Read the reply since mid-2024, from which the page's own script renders the empty shell."""
    shared = dig(result, "GLOBAL_DATA", "globalData")
    shipping = dig(result, "SHIPPING")
    options = dig(shipping, "deliveryLayoutInfo") or dig(shipping, "originalLayoutResultList")
    return ProductPageItem(
        aliexpress_id=global_id(dig(shared, "productId")),
        store_name=text_at(result, "SHOP_CARD_PC", "storeName") or text_at(shared, "storeName"),
        star_rating_text=shown_at(result, "PC_RATING", "rating"),
        units_sold_text=text_at(result, "PC_RATING", "otherText"),
        **shipping_fields(
            default_option(options), _currency_of_result(result), _words_of_first(options)
        ),
    )


EMBEDDED: Final = (("titleModule", read_modules), ("productInfoComponent", read_components))
"""The key that each embedded layout is recognised by, and its reader."""


def _currency_of_result(result: Json) -> str | None:
    return _currency(
        dig(result, "GLOBAL_DATA", "globalData", "currencyCode")
        or dig(result, "PRICE", "targetSkuPriceInfo", "originalPrice", "currency")
    )


def _words_of_first(options: Json) -> str | None:
    """Return the first words that the page writes beside its first shipping option."""
    if not isinstance(options, list) or not options:
        return None
    words = (plain_text(text) for text in contents(dig(options[0], "tableContentLayout")))
    return next((text for text in words if text), None)


def _currency(code: Json) -> str | None:
    return code if isinstance(code, str) and code in CURRENCIES else None
