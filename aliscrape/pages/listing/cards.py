"""One product of a listing ("card"), in the two shapes that pages have had.

What each shape looks like was learned from saved pages of 2020 to 2026.
"""

from decimal import Decimal
from typing import Final

from aliscrape.items import ProductItem
from aliscrape.pages.embedded import Json, count_at, dig, number_at, read_json, text_at
from aliscrape.parsers import ShippingTerms, parse_shipping, parse_star_rating
from aliscrape.site import Site
from db.currencies import CURRENCIES, minor_digits
from db.identifiers import global_id


def read_card(card: Json, currency: str | None, site: Site) -> ProductItem:
    """A card of `mods.itemList.content`: search and category pages since 2022.

    `currency` is the page's, for the cards that carry no currency of their own. Links of a card
    are ignored: `productDetailUrl` exists only on bundles and is not the product's page.
    """
    aliexpress_id = global_id(dig(card, "productId"))
    sale, original = dig(card, "prices", "salePrice"), dig(card, "prices", "originalPrice")
    own_currency = _currency(sale)
    price_number = number_at(sale, "minPrice")
    if sale is None:
        own_currency, price_number = currency, _amount_in_minor_units(card, currency)
    return ProductItem(
        aliexpress_id=aliexpress_id,
        title=text_at(card, "title", "displayTitle"),
        url=site.product_url(aliexpress_id) if aliexpress_id else None,
        image_url=_picture(site, text_at(card, "image", "imgUrl")),
        currency=own_currency or currency,
        price_text=text_at(sale, "formattedPrice"),
        price_number=price_number,
        list_price_number=number_at(original, "minPrice"),
        list_price_currency=_currency(original),
        shipping_text=_shipping_tag(card),
        star_rating=_rating(dig(card, "evaluation", "starRating")),
        units_sold_text=text_at(card, "trade", "tradeDesc"),
        units_sold_number=_exact_units_sold(card),
        store_name=text_at(card, "store", "storeName") or _store_of_ad(card),
    )


def read_flat_card(card: Json, currency: str | None, site: Site) -> ProductItem:
    """A card of `items`: search pages of 2019 to 2021. Prices are texts and may be ranges."""
    aliexpress_id = global_id(dig(card, "productId"))
    return ProductItem(
        aliexpress_id=aliexpress_id,
        title=text_at(card, "title"),
        url=site.product_url(aliexpress_id) if aliexpress_id else None,
        image_url=_picture(site, text_at(card, "imageUrl")),
        currency=currency,
        price_text=text_at(card, "price"),
        shipping_text=text_at(card, "logisticsDesc"),
        star_rating=_rating(dig(card, "starRating")),
        units_sold_text=text_at(card, "tradeDesc"),
        store_name=text_at(card, "store", "storeName"),
    )


def _currency(price: Json) -> str | None:
    code = text_at(price, "currencyCode")
    return code if code in CURRENCIES else None


def _amount_in_minor_units(card: Json, currency: str | None) -> Decimal | None:
    """The price of a card without `prices` ("buy free" offers), which only tracking data has.

    It counts the currency's minor units: on 174 of 174 saved cards with both it was the sale
    price's `cent`, which for JPY is the yen.
    """
    amount = count_at(card, "trace", "utLogMap", "salePriceAmount")
    if amount is None or currency is None:
        return None
    return Decimal(amount).scaleb(-minor_digits(currency))


def _picture(site: Site, link: str | None) -> str | None:
    return site.asset_url(link) if link else None


def _rating(rating: Json) -> Decimal | None:
    if isinstance(rating, str | int | Decimal) and not isinstance(rating, bool):
        return parse_star_rating(str(rating))
    return None


def _exact_units_sold(card: Json) -> int | None:
    """The exact count, kept in tracking data; a card without `trade` says nothing of sales."""
    if dig(card, "trade") is None:
        return None
    tracked = count_at(card, "trace", "utLogMap", "real_trade_count")
    return tracked if tracked is not None else count_at(card, "trade", "realTradeCount")


def _store_of_ad(card: Json) -> str | None:
    """The seller of an ad: since mid-2025 only its tracking data, JSON in a text, names it."""
    parameters = dig(card, "trace", "custom", "p4pExtendParam")
    return text_at(read_json(parameters), "store_name") if isinstance(parameters, str) else None


_MOST_TELLING_FIRST: Final = (ShippingTerms.FEE, ShippingTerms.CONDITIONAL, ShippingTerms.FREE)
"""A stated fee is the fee whatever else is promised, and a condition outweighs a plain "free"."""


def _shipping_tag(card: Json) -> str | None:
    """The words of the tag that speaks of shipping, among all the tags of a card.

    Newer pages name each tag's source; older ones leave only the words to go by.
    """
    points = dig(card, "sellingPoints")
    told: dict[ShippingTerms | None, str] = {}
    for point in points if isinstance(points, list) else []:
        text = text_at(point, "tagContent", "tagText")
        shipping = parse_shipping(text)
        if text and (shipping or "shipping" in (text_at(point, "source") or "").casefold()):
            told.setdefault(shipping.terms if shipping else None, text)
    return next((told[terms] for terms in (*_MOST_TELLING_FIRST, None) if terms in told), None)
