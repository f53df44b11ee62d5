"""A product's facts as short labels, on cards and on its page; unknown is said in words."""

from dataclasses import dataclass
from typing import Any, Final

from db.currencies import known_currency
from webapi.pages.words import money_text

PROTECTED_TAG: Final = "Edited"


@dataclass(frozen=True, slots=True)
class Label:
    """A short text; `kind` chooses its colour: "good", "dim" or none."""

    text: str
    kind: str = ""


def money_of(product: Any, fact: str) -> str | None:
    """Return an amount of a product in its currency's form, or None if one of both is unknown."""
    minor, currency = getattr(product, f"{fact}_minor"), known_currency(product.currency)
    return None if minor is None or currency is None else money_text(minor, currency)


def shipping_label(product: Any) -> Label:
    """Return what is known of shipping: a fee, free, the page's condition, or unknown."""
    if product.shipping_price_minor == 0:
        return Label("Free shipping", "good")
    fee = money_of(product, "shipping_price")
    if fee is not None:
        return Label(f"+ {fee} shipping")
    if product.shipping_text:
        return Label(product.shipping_text)
    return Label("Shipping unknown", "dim")


def sold_label(product: Any) -> Label:
    """Return how many were sold, in the page's words where the number is a lower bound."""
    if product.units_sold is None:
        return Label("sales unknown", "dim")
    if is_lower_bound(product):
        return Label(product.units_sold_text)
    return Label(f"{product.units_sold:,} sold")


def is_lower_bound(product: Any) -> bool:
    """Return whether the page said that more were sold, as "1,000+ sold" does."""
    return "+" in (product.units_sold_text or "")


def stars_text(product: Any) -> str | None:
    """Return the star rating with one digit, or None if it is unknown."""
    return None if product.star_rating is None else f"{product.star_rating:.1f}"
