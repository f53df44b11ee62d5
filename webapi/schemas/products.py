"""A product and an entry of a list: each field in one table, for reading, writing and Swagger."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final

from db.currencies import CURRENCIES
from db.edits import EDITABLE
from db.models import Product
from db.money import Money
from webapi.criteria import Listed
from webapi.schemas import readers
from webapi.schemas.fields import (
    ADDRESS,
    STARS,
    UNITS,
    WORDS,
    Field,
    amount,
    instant,
    show,
    sorted_names,
    text,
)

FIELDS: Final[Mapping[str, Field]] = {
    "id": Field({"type": "integer", "example": 1}, nullable=False),
    "aliexpress_id": Field(text("the site's global id", "1005006123456789")),
    "title": Field(
        text("as shown", "Men's Canvas Shoes") | WORDS, read=readers.text, nullable=False
    ),
    "url": Field(
        text("product page", "https://www.aliexpress.com/item/1005006123456789.html") | ADDRESS,
        read=readers.address,
    ),
    "image_url": Field(
        text("picture", "https://ae01.alicdn.com/kf/shoe.jpg") | ADDRESS, read=readers.address
    ),
    "currency": Field(
        text("ISO 4217; labels all money here", "USD") | {"enum": [*sorted(CURRENCIES), None]},
        read=readers.currency,
    ),
    "price": amount("what a visitor pays for the cheapest variant", read=readers.amount),
    "price_text": Field(text("the price as shown", "US $23.99")),
    "list_price": amount("the struck-through price", "47.98", read=readers.amount),
    "shipping_price": amount(
        "0 only when shipping is free without a condition", "0.00", read=readers.amount
    ),
    "shipping_text": Field(text("what was said of shipping", "Free shipping")),
    "star_rating": Field(STARS, read=readers.rating),
    "units_sold": Field(UNITS, read=readers.count),
    "units_sold_text": Field(text("what was said of sales", "1,000+ sold")),
    "store_name": Field(text("the seller", "Casual Steps Store") | WORDS, read=readers.text),
    "category": Field(
        text("the path on the site", "Bags & Shoes > Men's Shoes > Casual Shoes") | WORDS,
        read=readers.text,
    ),
    "edited_fields": Field(
        {
            "type": "array",
            "items": {"type": "string", "enum": sorted(EDITABLE)},
            "description": "fields that a person holds: no crawl overwrites them",
            "example": ["title"],
        },
        sorted_names,
        readers.field_names,
        nullable=False,
    ),
    "first_seen_at": instant("first seen by a crawl", nullable=True),
    "last_seen_at": instant("last seen by a crawl", nullable=True),
    "last_crawl_id": Field(
        {"type": "integer", "description": "the crawl that saw it last", "example": 1}
    ),
    "created_at": instant("when the product was added"),
    "updated_at": instant("when a fact of it last changed"),
}


def _earlier(listed: Any, _name: str) -> str | None:
    return _amount(listed.product, listed.earlier_minor)


def _drop(listed: Any, _name: str) -> str | None:
    return _amount(listed.product, listed.earlier_minor - listed.product.price_minor)


def _amount(product: Any, minor: int) -> str:
    return str(Money(minor, str(product.currency)).amount)


DROP_FIELDS: Final[Mapping[str, Field]] = {
    "earlier_price": Field(amount("the price before").schema, _earlier, nullable=False),
    "price_drop": Field(amount("how much lower it is", "4.00").schema, _drop, nullable=False),
}
"""What a list of dropped prices says of each product besides."""


def represent(product: Product | SimpleNamespace) -> dict[str, Any]:
    """A product as JSON shows it."""
    return show(FIELDS, product)


def represent_listed(listed: Listed) -> dict[str, Any]:
    """A product of a list, with the drop of its price where drops were asked for."""
    if listed.earlier_minor is None:
        return represent(listed.product)
    return represent(listed.product) | show(DROP_FIELDS, listed)
