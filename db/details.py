"""What a product's own page tells where the listing is silent."""

from dataclasses import dataclass
from typing import Any

from db.models import Product
from db.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The facts of one product page; None is what it did not say.

    `shipping_text` without `shipping_price` is a page that spoke of shipping without a fee.
    """

    aliexpress_id: str
    store_name: str | None = None
    shipping_price: Money | None = None
    shipping_text: str | None = None
    star_rating: float | None = None
    units_sold: int | None = None
    units_sold_text: str | None = None


def changes(product: Product, details: Details) -> dict[str, Any]:
    """The columns of a product that its page fills: those that are unknown and not held."""
    told: dict[str, dict[str, Any]] = {
        "store_name": {"store_name": details.store_name},
        "star_rating": {"star_rating": details.star_rating},
        "units_sold": {
            "units_sold": details.units_sold,
            "units_sold_text": details.units_sold_text,
        },
        "shipping_price": _shipping(product, details),
    }
    return {
        column: value
        for fact, columns in told.items()
        if fact not in product.edited_fields and _is_unknown(product, fact)
        for column, value in columns.items()
        if value is not None and getattr(product, column) != value
    }


def _is_unknown(product: Product, fact: str) -> bool:
    column = "shipping_price_minor" if fact == "shipping_price" else fact
    return getattr(product, column) is None


def _shipping(product: Product, details: Details) -> dict[str, Any]:
    """The shipping price with its words, where it is in the product's currency or has none yet."""
    price = details.shipping_price
    if price is None or product.currency not in {None, price.currency}:
        return {}
    columns = {"shipping_price_minor": price.minor, "shipping_text": details.shipping_text}
    if product.currency is None and "currency" not in product.edited_fields:
        columns["currency"] = price.currency
    return columns
