"""Representations: what a product looks like in JSON, and what a question may ask."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from werkzeug.datastructures import MultiDict

from db.fields import format_instant
from db.models import Product
from db.money import Money
from webapi.cursors import Cursor
from webapi.errors import InvalidQuery
from webapi.services import ProductPage

Schema = dict[str, Any]

MOST_PER_PAGE: Final = 100
DEFAULT_PER_PAGE: Final = 25


def _nullable(schema: Schema) -> Schema:
    """Swagger 2.0 knows no null of its own; its user interface reads this extension."""
    return {**schema, "x-nullable": True}


def _text(description: str, example: str) -> Schema:
    return {"type": "string", "description": description, "example": example}


def _amount(description: str) -> Schema:
    meaning = f"{description}, a decimal string with the currency's own digits"
    return _nullable({**_text(meaning, "23.99"), "pattern": r"^\d+(\.\d+)?$"})


def _instant(description: str) -> Schema:
    return {**_text(description, "2026-11-23T08:30:00.000000Z"), "format": "date-time"}


PRODUCT: Final[Schema] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "example": 1},
        "aliexpress_id": _nullable(_text("the site's global id", "1005006123456789")),
        "title": _text("as shown", "Men's Casual Canvas Shoes"),
        "url": _nullable(_text("product page", "https://www.aliexpress.com/item/1.html")),
        "image_url": _nullable(_text("picture", "https://ae01.alicdn.com/kf/shoe.jpg")),
        "currency": _nullable(_text("ISO 4217; labels all money of the product", "USD")),
        "price": _amount("what a visitor pays now for the cheapest variant"),
        "price_text": _nullable(_text("the price as shown", "US $23.99")),
        "list_price": _amount("the struck-through price"),
        "shipping_price": _amount(
            "0 only when shipping is free without a condition; null: unknown"
        ),
        "shipping_text": _nullable(_text("the words about shipping", "Free shipping")),
        "star_rating": _nullable({"type": "number", "minimum": 0, "maximum": 5, "example": 4.8}),
        "units_sold": _nullable({"type": "integer", "minimum": 0, "example": 1000}),
        "units_sold_text": _nullable(_text("the words about sales", "1,000+ sold")),
        "store_name": _nullable(_text("the seller", "Casual Steps Store")),
        "category": _nullable(
            _text("the path on the site", "Bags & Shoes > Men's Shoes > Casual Shoes")
        ),
        "edited_fields": {
            "type": "array",
            "items": {"type": "string"},
            "description": "fields that a person set: no crawl overwrites them",
            "example": ["title"],
        },
        "first_seen_at": _nullable(_instant("first seen by a crawl")),
        "last_seen_at": _nullable(_instant("last seen by a crawl")),
        "created_at": _instant("when the product was added"),
        "updated_at": _instant("when a fact of it last changed"),
    },
}
PRODUCT["required"] = list(PRODUCT["properties"])

_LINK: Final = _nullable(_text("relative to this host", "/api/v1/products?cursor=YWZ0ZXI6MjU"))

PRODUCT_LIST: Final[Schema] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": PRODUCT},
        "total": {"type": "integer", "minimum": 0, "example": 25},
        "next": _LINK,
        "prev": _LINK,
    },
    "required": ["items", "total", "next", "prev"],
}

PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": _text("always about:blank: the status says it all", "about:blank"),
        "title": _text("the status in words", "Bad Request"),
        "status": {"type": "integer", "example": 400},
        "detail": _text("what was wrong and what to do", "limit must be a number from 1 to 100."),
    },
    "required": ["type", "title", "status", "detail"],
}

LIST_PARAMETERS: Final[Mapping[str, Schema]] = {
    "limit": {
        "in": "query",
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PER_PAGE,
        "default": DEFAULT_PER_PAGE,
        "description": "how many products a page has at most",
    },
    "cursor": {
        "in": "query",
        "type": "string",
        "description": "where the page begins, as the next and prev links say it",
    },
}

_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list of products was asked for."""

    limit: int
    cursor: Cursor | None

    @classmethod
    def parse(cls, asked: MultiDict[str, str]) -> Self:
        """Read the parameters of a question. Raises InvalidQuery, which names the one at fault."""
        for name, values in asked.lists():
            if name not in LIST_PARAMETERS:
                raise InvalidQuery(f"{name!r} is not a parameter of this list.")
            if len(values) > 1:
                raise InvalidQuery(f"{name} is given more than once.")
        token = asked.get("cursor")
        return cls(
            limit=_limit(asked.get("limit", str(DEFAULT_PER_PAGE))),
            cursor=None if token is None else Cursor.parse(token),
        )


def _limit(text: str) -> int:
    limit = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= limit <= MOST_PER_PAGE:
        raise InvalidQuery(f"limit must be a number from 1 to {MOST_PER_PAGE}.")
    return limit


def represent(product: Product) -> dict[str, Any]:
    """A product as JSON shows it: amounts as decimal strings, instants in UTC, unknown as null."""
    return {name: _VALUES.get(name, getattr)(product, name) for name in PRODUCT["properties"]}


def represent_page(page: ProductPage) -> dict[str, Any]:
    """A page of products without its links, which HTTP adds."""
    return {"items": [represent(product) for product in page.products], "total": page.total}


def _decimal(product: Product, name: str) -> str | None:
    minor = getattr(product, f"{name}_minor")
    if minor is None or product.currency is None:
        return None
    return str(Money(minor, product.currency).amount)


def _names(product: Product, name: str) -> list[str]:
    return sorted(getattr(product, name))


def _utc(product: Product, name: str) -> str | None:
    instant = getattr(product, name)
    return None if instant is None else format_instant(instant)


_VALUES: Final = {
    **dict.fromkeys(("price", "list_price", "shipping_price"), _decimal),
    **dict.fromkeys(("first_seen_at", "last_seen_at", "created_at", "updated_at"), _utc),
    "edited_fields": _names,
}
