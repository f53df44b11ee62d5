"""What a crawl saw of one product, and what that changes in what we know of it.

The rules, in the house's words: absent keeps, said replaces, and a human's word stands.
"""

from dataclasses import dataclass
from typing import Any, Final

from db.comparable_prices import condition_key
from db.models import Product
from db.money import Money

MONEY_FACTS: Final = frozenset({"price", "list_price", "shipping_price", "currency"})
"""Facts that share the row's currency: where a person holds one, the currency is held too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One product as one page showed it; None is what the page did not say.

    All money is of one currency: whatever a page gives in another one is left out before.
    `shipping_text` without `shipping_price` means that the page spoke of shipping without a
    fixed fee, such as "Free shipping over US $10".
    """

    aliexpress_id: str
    redirected_id: str | None = None
    title: str
    url: str | None = None
    image_url: str | None = None
    price: Money | None = None
    price_text: str | None = None
    price_condition: str | None = None
    sku_id: str | None = None
    list_price: Money | None = None
    shipping_price: Money | None = None
    shipping_text: str | None = None
    star_rating: float | None = None
    units_sold: int | None = None
    units_sold_text: str | None = None
    store_name: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        if len({money.currency for money in self._money()}) > 1:
            raise ValueError(f"Product {self.aliexpress_id} has money of several currencies.")

    @property
    def currency(self) -> str | None:
        """The currency of this sighting's money, or None where it has none."""
        return next((money.currency for money in self._money()), None)

    def _money(self) -> list[Money]:
        return [money for money in (self.price, self.list_price, self.shipping_price) if money]

    def observed(self) -> dict[str, Any]:
        """Return the columns of an Observation: exactly what the page said, nulls included."""
        return {
            "currency": self.currency,
            "price_minor": _minor(self.price),
            "price_condition": self.price_condition,
            "condition_key": condition_key(self.price_condition),
            "sku_id": self.sku_id,
            "list_price_minor": _minor(self.list_price),
            "shipping_price_minor": _minor(self.shipping_price),
            "star_rating": self.star_rating,
            "units_sold": self.units_sold,
        }


def changes(product: Product, sighting: Sighting) -> dict[str, Any]:
    """Return the columns of a product that a sighting changes, with their new values."""
    said = _plain_facts(sighting) | _money_facts(product, sighting)
    return {
        column: value
        for fact, columns in said.items()
        if fact not in product.edited_fields
        for column, value in columns.items()
        if getattr(product, column) != value
    }


def _plain_facts(sighting: Sighting) -> dict[str, dict[str, Any]]:
    alike = ("title", "url", "image_url", "star_rating", "store_name", "category")
    facts = {name: {name: getattr(sighting, name)} for name in alike}
    said = {name: columns for name, columns in facts.items() if columns[name] is not None}
    if sighting.units_sold is not None:
        said["units_sold"] = {
            "units_sold": sighting.units_sold,
            "units_sold_text": sighting.units_sold_text,
        }
    return said


def _money_facts(product: Product, sighting: Sighting) -> dict[str, dict[str, Any]]:
    if sighting.currency in (None, product.currency):
        return _said_money(product, sighting)
    if not MONEY_FACTS.isdisjoint(product.edited_fields):
        return {}  # the currency is held, and money of another one cannot carry its label
    relabelled = {"currency": {"currency": sighting.currency}}
    if product.currency is None:
        return relabelled | _said_money(product, sighting)
    if sighting.price is None:
        return {}  # without a price there is nothing to replace the old currency's price with
    return relabelled | _price(sighting) | _shipping(sighting)


def _said_money(product: Product, sighting: Sighting) -> dict[str, dict[str, Any]]:
    said: dict[str, dict[str, Any]] = {}
    if sighting.price is not None:
        said |= _price(sighting)
    if _says_shipping_anew(product, sighting):
        said |= _shipping(sighting)
    return said


def _says_shipping_anew(product: Product, sighting: Sighting) -> bool:
    """Whether a listing's tag tells more than it did: a fee, or words that have changed.

    The same condition as before does not undo the fee that the product's own page has stated.
    """
    if sighting.shipping_price is not None:
        return True
    text = sighting.shipping_text
    return text is not None and text != product.listing_shipping_text


def _price(sighting: Sighting) -> dict[str, dict[str, Any]]:
    """Return the price with its struck-through one: a price without one clears it."""
    return {
        "price": {
            "price_minor": _minor(sighting.price),
            "price_text": sighting.price_text,
            "price_condition": sighting.price_condition,
            "condition_key": condition_key(sighting.price_condition),
            "sku_id": sighting.sku_id,
        },
        "list_price": {"list_price_minor": _minor(sighting.list_price)},
    }


def _shipping(sighting: Sighting) -> dict[str, dict[str, Any]]:
    return {
        "shipping_price": {
            "shipping_price_minor": _minor(sighting.shipping_price),
            "shipping_text": sighting.shipping_text,
            "listing_shipping_text": sighting.shipping_text,
        }
    }


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor
