"""The layouts of a product page, newest last: where each keeps the same few facts."""

from typing import Final

from aliscrape.pages.embedded import Json, count_at, dig, text_at
from aliscrape.pages.product.facts import (
    ProductFacts,
    contents,
    default_way,
    plain_text,
    shipping_price,
)
from aliscrape.parsers import parse_star_rating
from db.currencies import CURRENCIES
from db.identifiers import global_id


def read_modules(data: Json) -> ProductFacts:
    """The embedded layout of 2019 to 2023, whose parts are called `...Module`."""
    way = default_way(dig(data, "shippingModule", "generalFreightInfo", "originalLayoutResultList"))
    return ProductFacts(
        aliexpress_id=global_id(
            dig(data, "commonModule", "productId") or dig(data, "pageModule", "productId")
        ),
        store_name=text_at(data, "storeModule", "storeName"),
        shipping=shipping_price(way, _currency(dig(data, "webEnv", "currency"))),
        shipping_text=text_at(way, "formattedAmount"),
        star_rating=parse_star_rating(
            text_at(data, "titleModule", "feedbackRating", "averageStar")
        ),
        units_sold_number=count_at(data, "titleModule", "tradeCount"),
        units_sold_text=text_at(data, "titleModule", "formatTradeCount"),
    )


def read_components(data: Json) -> ProductFacts:
    """The embedded layout of 2024, whose parts are called `...Component`."""
    freight = dig(data, "webGeneralFreightCalculateComponent")
    way = default_way(dig(freight, "originalLayoutResultList"))
    product = dig(data, "productInfoComponent")
    return ProductFacts(
        aliexpress_id=global_id(dig(product, "idStr") or dig(product, "id")),
        store_name=text_at(data, "sellerComponent", "storeName"),
        shipping=shipping_price(way, _currency(dig(data, "currencyComponent", "currencyCode"))),
        shipping_text=plain_text(text_at(freight, "shippingFeeText"))
        or text_at(way, "formattedAmount"),
        star_rating=parse_star_rating(text_at(data, "feedbackComponent", "evarageStar")),
        units_sold_number=None,
        units_sold_text=text_at(data, "tradeComponent", "formatTradeCount"),
    )


def read_result(result: Json) -> ProductFacts:
    """The reply since mid-2024, from which the page's own script draws the empty shell."""
    shared = dig(result, "GLOBAL_DATA", "globalData")
    shipping = dig(result, "SHIPPING")
    ways = dig(shipping, "deliveryLayoutInfo") or dig(shipping, "originalLayoutResultList")
    way = default_way(ways)
    return ProductFacts(
        aliexpress_id=global_id(dig(shared, "productId")),
        store_name=text_at(result, "SHOP_CARD_PC", "storeName") or text_at(shared, "storeName"),
        shipping=shipping_price(way, _currency_of_result(result)),
        shipping_text=_words_of_way(ways, way),
        star_rating=parse_star_rating(text_at(result, "PC_RATING", "rating")),
        units_sold_number=None,
        units_sold_text=text_at(result, "PC_RATING", "otherText"),
    )


EMBEDDED: Final = (("titleModule", read_modules), ("productInfoComponent", read_components))
"""The key by which each embedded layout is known, and its reader."""


def _currency_of_result(result: Json) -> str | None:
    return _currency(
        dig(result, "GLOBAL_DATA", "globalData", "currencyCode")
        or dig(result, "PRICE", "targetSkuPriceInfo", "originalPrice", "currency")
    )


def _words_of_way(ways: Json, way: Json) -> str | None:
    """What the page writes beside its first way: the words of its table, else the amount."""
    if not isinstance(ways, list) or not ways:
        return None
    words = (plain_text(text) for text in contents(dig(ways[0], "tableContentLayout")))
    return next((text for text in words if text), None) or text_at(way, "formattedAmount")


def _currency(code: Json) -> str | None:
    return code if isinstance(code, str) and code in CURRENCIES else None
