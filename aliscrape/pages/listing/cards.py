"""Read one product of a listing ("card"), in the two shapes that pages have had.

The shapes are those of saved pages of 2020 to 2026.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from aliscrape.items import ProductItem
from aliscrape.pages.embedded import (
    Json,
    count_at,
    dig,
    name_at,
    number_at,
    read_json,
    shown_at,
    text_at,
)
from aliscrape.parsers.languages import NEW_BUYERS
from aliscrape.parsers.shipping import ShippingTerms, parse_shipping
from aliscrape.site import Site
from db.currencies import known_currency
from db.identifiers import global_id
from db.money import Money


def read_card(card: Json, currency: str | None, site: Site) -> ProductItem:
    """Read a card of `mods.itemList.content`: search and category pages since 2022.

    `currency` is the page's, for cards without a currency of their own. The card's links are
    ignored: `productDetailUrl` exists only on bundles and is not the product's page.
    """
    aliexpress_id = global_id(dig(card, "productId"))
    sale, original = dig(card, "prices", "salePrice"), dig(card, "prices", "originalPrice")
    own_currency = known_currency(text_at(sale, "currencyCode"))
    price_number = number_at(sale, "minPrice")
    if sale is None:
        own_currency, price_number = currency, _amount_in_minor_units(card, currency)
    return ProductItem(
        aliexpress_id=aliexpress_id,
        redirected_id=global_id(dig(card, "redirectedId")),
        title=name_at(card, "title", "displayTitle"),
        url=site.product_url(aliexpress_id) if aliexpress_id else None,
        image_url=site.asset_url(text_at(card, "image", "imgUrl")),
        currency=own_currency or currency,
        price_text=text_at(sale, "formattedPrice"),
        price_number=price_number,
        price_condition=_price_condition(card) if sale else None,
        sku_id=shown_at(card, "prices", "skuId"),
        list_price_text=text_at(original, "formattedPrice"),
        list_price_number=number_at(original, "minPrice"),
        list_price_currency=known_currency(text_at(original, "currencyCode")),
        shipping_text=_shipping_tag(card, own_currency or currency),
        star_rating_text=shown_at(card, "evaluation", "starRating"),
        units_sold_text=text_at(card, "trade", "tradeDesc"),
        units_sold_number=_exact_units_sold(card),
        store_name=name_at(card, "store", "storeName") or _store_of_ad(card),
    )


def is_banner(card: Json) -> bool:
    """Return whether an entry of the card list is no product: it has neither an id nor a price."""
    return isinstance(card, dict) and not any(
        card.get(key) for key in ("productId", "prices", "price")
    )


def read_flat_card(card: Json, currency: str | None, site: Site) -> ProductItem:
    """Read a card of `items`: search pages of 2019 to 2021. Prices are texts and may be ranges."""
    aliexpress_id = global_id(dig(card, "productId"))
    return ProductItem(
        aliexpress_id=aliexpress_id,
        title=name_at(card, "title"),
        url=site.product_url(aliexpress_id) if aliexpress_id else None,
        image_url=site.asset_url(text_at(card, "imageUrl")),
        currency=currency,
        price_text=text_at(card, "price"),
        shipping_text=text_at(card, "logisticsDesc"),
        star_rating_text=shown_at(card, "starRating"),
        units_sold_text=text_at(card, "tradeDesc"),
        store_name=name_at(card, "store", "storeName"),
    )


def _amount_in_minor_units(card: Json, currency: str | None) -> Decimal | None:
    """Return the price of a card without `prices` ("buy free" offers) from its tracking data.

    The amount is in minor units: on 174 of 174 saved cards that have both, it equalled the sale
    price's `cent`, which for JPY is the yen.
    """
    amount = count_at(card, "trace", "utLogMap", "salePriceAmount")
    return None if amount is None or currency is None else Money(amount, currency).amount


def _exact_units_sold(card: Json) -> int | None:
    """Return the exact count from tracking data; a card without `trade` states no sales."""
    if dig(card, "trade") is None:
        return None
    tracked = count_at(card, "trace", "utLogMap", "real_trade_count")
    return tracked if tracked is not None else count_at(card, "trade", "realTradeCount")


def _price_condition(card: Json) -> str | None:
    """Return the words of the tag about a price for first-time buyers, in any language."""
    for text, source in _tags(card):
        if source.startswith("welcomedeal") or any(who in text.casefold() for who in NEW_BUYERS):
            return text
    return None


def _tags(card: Json) -> Iterator[tuple[str, str]]:
    """Yield the words and the source of each tag that has words. Older pages name no source."""
    points = dig(card, "sellingPoints")
    for point in points if isinstance(points, list) else []:
        text = text_at(point, "tagContent", "tagText")
        if text:
            yield text, text_at(point, "source") or ""


def _store_of_ad(card: Json) -> str | None:
    """Return the seller of an ad, which since mid-2025 only its tracking data names (JSON text)."""
    parameters = read_json(text_at(card, "trace", "custom", "p4pExtendParam") or "")
    return name_at(parameters, "store_name")


_SHIPPING_PRIORITY: Final = (ShippingTerms.FEE, ShippingTerms.CONDITIONAL, ShippingTerms.FREE, None)
"""A stated fee is the fee whatever else is promised; a condition goes before a plain "free"."""


def _shipping_tag(card: Json, currency: str | None) -> str | None:
    """Return the words of the tag about shipping. `currency` tells what shared signs mean."""
    texts: dict[ShippingTerms | None, str] = {}
    for text, source in _tags(card):
        shipping = parse_shipping(text, currency)
        if shipping or "shipping" in source.casefold():
            texts.setdefault(shipping.terms if shipping else None, text)
    return next((texts[terms] for terms in _SHIPPING_PRIORITY if terms in texts), None)
