"""The layouts of a product page, newest last, and the responses that are no product.

`read_page` and `read_reply` recognise the layout of a response.
"""

import re
from typing import Final

from aliscrape.items import ProductPageItem
from aliscrape.pages.blocks import is_block_page, is_block_reply
from aliscrape.pages.embedded import (
    Json,
    assigned_objects,
    count_at,
    dig,
    read_json,
    shown_at,
    text_at,
)  # fmt: skip
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.product.shipping import (
    default_option,
    first_words,
    plain_text,
    shipping_fields,
)
from db.currencies import CURRENCIES
from db.identifiers import global_id

_ASSIGNMENT: Final = re.compile(r"window\.runParams\s*=\s*\{\s*\"?data\"?\s*:\s*(?=\{)")
_JSONP: Final = re.compile(r"\s*[\w$.]+\((.*)\)\s*;?\s*", re.DOTALL)
_TOKEN_REFUSED: Final = "FAIL_SYS_TOKEN"  # noqa: S105  # what a reply says, no secret of ours
"""The first reply, which sets the token. The page's script then asks again by itself."""


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
    shared, shipping = dig(result, "GLOBAL_DATA", "globalData"), dig(result, "SHIPPING")
    options = dig(shipping, "deliveryLayoutInfo") or dig(shipping, "originalLayoutResultList")
    currency = _currency(
        dig(shared, "currencyCode")
        or dig(result, "PRICE", "targetSkuPriceInfo", "originalPrice", "currency")
    )
    return ProductPageItem(
        aliexpress_id=global_id(dig(shared, "productId")),
        store_name=text_at(result, "SHOP_CARD_PC", "storeName") or text_at(shared, "storeName"),
        star_rating_text=shown_at(result, "PC_RATING", "rating"),
        units_sold_text=text_at(result, "PC_RATING", "otherText"),
        **shipping_fields(default_option(options), currency, first_words(options)),
    )


_EMBEDDED: Final = (("titleModule", read_modules), ("productInfoComponent", read_components))
"""The key that each embedded layout is recognised by, and its reader."""


def _currency(code: Json) -> str | None:
    return code if isinstance(code, str) and code in CURRENCIES else None


class ProductGone(PageError):
    """The site answers that there is no such product, or that it is not sold to this country."""


def read_page(url: str, html: str) -> ProductPageItem | None:
    """Read a product page that embeds its data; return None for a shell that a script fills.

    Raises BlockedPage for the block page.
    """
    for data in assigned_objects(html, _ASSIGNMENT):
        for key, read in _EMBEDDED:
            if key in data:
                return read(data)
    if is_block_page(url, html):
        raise BlockedPage(f"The site answered {url} with its block page.")
    return None


def read_reply(text: str) -> ProductPageItem | None:
    """Read a reply to the page's script; return None if the script will ask again.

    The reply is JSON, or a call with JSON (JSONP). Raises ProductGone, BlockedPage and
    UnknownLayout.
    """
    call = _JSONP.fullmatch(text)
    reply = read_json(call[1] if call else text)
    if is_block_reply(reply):
        raise BlockedPage("The site answered the page's script with a block.")
    status = _status(reply)
    if status.startswith(_TOKEN_REFUSED):
        return None
    result = dig(reply, "data", "result")
    if not status.startswith("SUCCESS") or not isinstance(result, dict):
        raise UnknownLayout(f"The reply to the page's script has status {status or 'none'!r}.")
    if set(result) <= {"GLOBAL_DATA"}:
        shared = dig(result, "GLOBAL_DATA")
        code = dig(shared, "globalData", "errorCode") or dig(shared, "errorCode")
        raise ProductGone(f"The site has no such product here ({code}).")
    return read_result(result)


def _status(reply: Json) -> str:
    """Return the first entry of a reply's `ret`, such as "SUCCESS::ok"; "" if there is none."""
    ret = dig(reply, "ret")
    first = ret[0] if isinstance(ret, list) and ret else ret
    return first if isinstance(first, str) else ""
