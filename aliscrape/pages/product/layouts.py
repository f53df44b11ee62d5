"""The layouts of a product page, newest last, and the responses that are no product.

`read_page` and `read_reply` recognise the layout of a response.
"""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import parse_qs, urlsplit

from aliscrape.items import Absence, ProductPageItem
from aliscrape.pages.blocks import is_block_reply, refusal, statuses_of
from aliscrape.pages.embedded import (
    Json,
    assigned_objects,
    count_at,
    dig,
    name_at,
    read_json,
    shown_at,
    text_at,
)  # fmt: skip
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.product.prices import embedded_prices, reply_prices
from aliscrape.pages.product.shipping import (
    first_words,
    plain_text,
    selected_option,
    shipping_fields,
)
from db.currencies import known_currency
from db.identifiers import global_id

_ASSIGNMENT: Final = re.compile(r"window\.runParams\s*=\s*\{\s*\"?data\"?\s*:\s*(?=\{)")
_JSONP: Final = re.compile(r"\s*[\w$.]+\((.*)\)\s*;?\s*", re.DOTALL)
_TOKEN_REFUSED: Final = "FAIL_SYS_TOKEN"  # noqa: S105  # what a reply says, no secret of ours
"""The first reply, which sets the token. The page's script then asks again by itself."""
_NOT_EXISTING: Final = "SITEM_NOT_EXIST"
"""The error code of removed products. Others say that a product is not sold to this country."""


def read_modules(data: Json, country: str) -> ProductPageItem:
    """Read the embedded layout of 2019 to 2023, whose parts are called `...Module`."""
    freight = dig(data, "shippingModule", "generalFreightInfo")
    option = dig(selected_option(freight, "originalLayoutResultList"), "bizData")
    currency = known_currency(text_at(data, "webEnv", "currency"))
    return ProductPageItem(
        layout="modules",
        aliexpress_id=global_id(
            dig(data, "commonModule", "productId") or dig(data, "pageModule", "productId")
        ),
        store_name=name_at(data, "storeModule", "storeName"),
        star_rating_text=shown_at(data, "titleModule", "feedbackRating", "averageStar"),
        units_sold_number=count_at(data, "titleModule", "tradeCount"),
        units_sold_text=text_at(data, "titleModule", "formatTradeCount"),
        variants=embedded_prices(dig(data, "skuModule", "skuPriceList")),
        **shipping_fields(option, currency, None, country),
    )


def read_components(data: Json, country: str) -> ProductPageItem:
    """Read the embedded layout of 2024, whose parts are called `...Component`."""
    freight = dig(data, "webGeneralFreightCalculateComponent")
    option = dig(selected_option(freight, "originalLayoutResultList"), "bizData")
    currency = known_currency(text_at(data, "currencyComponent", "currencyCode"))
    product = dig(data, "productInfoComponent")
    words = plain_text(text_at(freight, "shippingFeeText"))
    return ProductPageItem(
        layout="components",
        aliexpress_id=global_id(dig(product, "idStr") or dig(product, "id")),
        store_name=name_at(data, "sellerComponent", "storeName"),
        star_rating_text=shown_at(data, "feedbackComponent", "evarageStar"),
        units_sold_text=text_at(data, "tradeComponent", "formatTradeCount"),
        variants=embedded_prices(dig(data, "priceComponent", "skuPriceList")),
        **shipping_fields(option, currency, words, country),
    )


def read_result(result: Json, aliexpress_id: str, country: str) -> ProductPageItem:
    """Read the reply since mid-2024, from which the page's own script renders the empty shell."""
    shared, shipping = dig(result, "GLOBAL_DATA", "globalData"), dig(result, "SHIPPING")
    option = selected_option(shipping, "deliveryLayoutInfo", "originalLayoutResultList")
    currency = known_currency(
        text_at(shared, "currencyCode")
        or text_at(result, "PRICE", "targetSkuPriceInfo", "originalPrice", "currency")
    )
    return ProductPageItem(
        layout="mtop reply",
        aliexpress_id=aliexpress_id,
        store_name=name_at(result, "SHOP_CARD_PC", "storeName") or name_at(shared, "storeName"),
        star_rating_text=shown_at(result, "PC_RATING", "rating"),
        units_sold_text=text_at(result, "PC_RATING", "otherText"),
        variants=reply_prices(result),
        **shipping_fields(dig(option, "bizData"), currency, first_words(option), country),
    )


_EMBEDDED: Final = (("titleModule", read_modules), ("productInfoComponent", read_components))
"""The key that each embedded layout is recognised by, and its reader."""


class ProductAbsent(PageError):
    """The site answers that it has no product to show, and `absence` says why."""

    def __init__(self, absence: Absence, reason: str) -> None:
        super().__init__(reason)
        self.absence = absence


class OtherProduct(PageError):
    """The reply is about another product than the page, or about nobody knows which."""


def read_page(url: str, html: str, country: str) -> ProductPageItem | None:
    """Read a product page that embeds its data; return None for a shell that a script fills.

    `country` is where the product is to be shipped. Raises BlockedPage for the block page.
    """
    for data in assigned_objects(html, _ASSIGNMENT):
        for key, read in _EMBEDDED:
            if key in data:
                return read(data, country)
    refused = refusal(url, html)
    if refused:
        raise BlockedPage(refused)
    return None


def read_reply(url: str, text: str, ids: Collection[str], country: str) -> ProductPageItem | None:
    """Read a reply to the page's script; return None if the script will ask again.

    The reply is JSON, or a call with JSON (JSONP). It must be about a product of `ids`: by its own
    id, else by that in `url`, the address that the script requested. Raises OtherProduct,
    ProductAbsent, BlockedPage, UnknownLayout, and PageError for a reply that holds nothing.
    """
    call = _JSONP.fullmatch(text)
    reply = read_json(call[1] if call else text)
    status, result = next(iter(statuses_of(reply)), ""), dig(reply, "data", "result")
    own_id = global_id(dig(result, "GLOBAL_DATA", "globalData", "productId"))
    aliexpress_id = own_id or _requested_id(url)
    if aliexpress_id is not None and aliexpress_id not in ids:
        raise OtherProduct(f"the reply to its script is about product {aliexpress_id}")
    if is_block_reply(reply) or (reply is None and refusal(url, text)):
        raise BlockedPage("The site answered the page's script with a block.")
    if status.startswith(_TOKEN_REFUSED):
        return None
    if not status.startswith("SUCCESS") or not isinstance(result, dict):
        raise UnknownLayout(f"The reply to the page's script has status {status or 'none'!r}.")
    if aliexpress_id is None:
        raise OtherProduct("the reply to its script names no product id")
    if set(result) <= {"GLOBAL_DATA"}:
        raise _without_product(dig(result, "GLOBAL_DATA"))
    return read_result(result, aliexpress_id, country)


def _without_product(shared: Json) -> PageError:
    """Return what a reply without product data means: only one error code says "gone"."""
    code = shown_at(shared, "globalData", "errorCode") or shown_at(shared, "errorCode")
    if code is None:
        return PageError("the reply to its script is empty")
    absence = Absence.GONE if code == _NOT_EXISTING else Absence.NOT_SOLD_HERE
    return ProductAbsent(absence, f"The site has no such product here ({code}).")


def _requested_id(url: str) -> str | None:
    """Return the product id in the address that a page's script requested, or None."""
    data = parse_qs(urlsplit(url).query).get("data", [""])[-1]
    return global_id(dig(read_json(data), "productId"))
