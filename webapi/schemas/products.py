"""The representation of a product, and of a product in the list of price drops.

flask-restx's `marshal_with` is not used: a function with one dict is easier to read, and about ten
times faster.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from db.addresses import ADDRESS, LONGEST
from db.currencies import CURRENCIES, MINOR_DIGITS
from db.edits import AMOUNTS, EDITABLE
from db.fields import NO_NAMES
from db.rows import stored_values
from webapi.schemas import values
from webapi.schemas.fields import (
    Field,
    Schema,
    amount,
    choice,
    instant,
    integer,
    number,
    string,
    words,
)

MOST_UNITS: Final = 10**15
HIGHEST_RATING: Final = 5
CURRENCY: Final = choice(
    "the currency of all amounts here, ISO 4217",
    "USD",
    sorted(CURRENCIES),
    "a currency code of ISO 4217, like USD",
)

ADDRESSES: Final[Schema] = {"pattern": ADDRESS, "maxLength": LONGEST}

PRODUCT: Final[Mapping[str, Field]] = {
    "id": integer("the id here", 1),
    "aliexpress_id": string("the site's global id", "1005006123456789"),
    "title": words("as shown", "Men's Canvas Shoes", nullable=False),
    "url": string(
        "the product page",
        "https://www.aliexpress.com/item/1005006123456789.html",
        values.address,
        **ADDRESSES,
    ),
    "image_url": string(
        "the picture", "https://ae01.alicdn.com/kf/shoe.jpg", values.address, **ADDRESSES
    ),
    "currency": CURRENCY,
    "price": amount("what a visitor pays for the variant shown", "23.99"),
    "price_text": string("the price as shown", "US $23.99"),
    "price_condition": string(
        "the page's words where the price is for some buyers only", "New shoppers save US $5"
    ),
    "sku_id": string("the variant whose price is shown", "12000046769980162"),
    "list_price": amount("the struck-through price", "47.98"),
    "shipping_price": amount("0 only if shipping is free without a condition", "0.00"),
    "shipping_text": string("the page's words about shipping", "Free shipping"),
    "star_rating": number("the average rating", 4.8, 0, HIGHEST_RATING),
    "units_sold": number("how many were sold, or the lower bound shown", 1376, 0, MOST_UNITS),
    "units_sold_text": string("the page's words about units sold", "1,000+ sold"),
    "store_name": words("the seller", "Casual Steps Store"),
    "category": words("the path on the site", "Bags & Shoes > Men's Shoes > Casual Shoes"),
    "edited_fields": Field(
        {
            "type": "array",
            "items": {"type": "string", "enum": sorted(EDITABLE)},
            "description": "protected fields, which crawls do not overwrite",
            "example": ["title"],
        },
        values.field_names,
        nullable=False,
    ),
    "first_seen_at": instant("when a crawl first saw it", nullable=True),
    "last_seen_at": instant("when a crawl last saw it", nullable=True),
    "gone_at": instant("since when the site says that it no longer exists", nullable=True),
    "last_crawl_id": integer("the crawl that last saw it", 1, nullable=True),
    "created_at": instant("when the product was added"),
    "updated_at": instant("when a fact last changed"),
}

PRICE_DROP: Final[Mapping[str, Field]] = {
    "earlier_price": amount("the price before; only with price_dropped_since", "27.99"),
    "price_drop": amount("how much lower it is; only with price_dropped_since", "4.00"),
}
"""Fields that list items have besides, where the list is filtered by `price_dropped_since`."""


_COLUMNS: Final = tuple(f"{name}_minor" if name in AMOUNTS else name for name in PRODUCT)
"""The columns that a representation is made of, in its order."""


def represent_product(product: Any) -> dict[str, Any]:
    """Return a product as JSON: amounts as decimal strings, unknown as null.

    What is not named here is stored as JSON has it, instants too. Without a currency that ISO 4217
    lists, amounts are unknown.
    """
    shown = dict(zip(PRODUCT, stored_values(product, _COLUMNS), strict=True))
    digits = MINOR_DIGITS.get(shown["currency"])
    if digits is None:
        shown["currency"] = None
    for name in AMOUNTS:
        shown[name] = show_amount(shown[name], digits)
    edited = shown["edited_fields"]
    shown["edited_fields"] = [] if edited == NO_NAMES else json.loads(edited)
    return shown


def show_amount(minor: int | None, digits: int | None) -> str | None:
    """Return minor units as a decimal string with so many digits after the point.

    >>> show_amount(1234, 2), show_amount(410, 0), show_amount(5, 3), show_amount(5, None)
    ('12.34', '410', '0.005', None)
    """
    if minor is None or digits is None:
        return None
    if digits == 0:
        return str(minor)
    text = str(minor).zfill(digits + 1)  # half the time of a format with such a width
    return f"{text[:-digits]}.{text[-digits:]}"


def represent_price_drop(product: Any) -> dict[str, Any]:
    """Return a product that was read with its `earlier_price_minor`, and its price drop."""
    earlier, digits = product.earlier_price_minor, MINOR_DIGITS.get(product.currency)
    return represent_product(product) | {
        "earlier_price": show_amount(earlier, digits),
        "price_drop": show_amount(earlier - product.price_minor, digits),
    }
