"""What a crawl saw of one product, and what that changes in what we know of it.

The rules, in the house's words: absent keeps, said replaces, and a human's word stands.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from db.comparable_prices import condition_key
from db.money import Money
from db.products import KnownProduct

MONEY_FACTS: Final = frozenset({"price", "list_price", "shipping_price", "currency"})
"""Facts that share the row's currency: where a person holds one, the currency is held too."""

Columns = dict[str, Any]

_ALIKE: Final = ("title", "url", "image_url", "star_rating", "store_name", "category")
"""Facts that are one column of the same name."""
_FACTS: Final = {
    "units_sold_text": "units_sold",
    "list_price_minor": "list_price",
    **dict.fromkeys(
        ("price_minor", "price_text", "price_condition", "condition_key", "sku_id"), "price"
    ),
    **dict.fromkeys(
        ("shipping_price_minor", "shipping_text", "listing_shipping_text"), "shipping_price"
    ),
}
"""The facts of the columns that have another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says of a product; None is what it does not say.

    All money is of one currency: whatever a page gives in another one is left out before.
    `shipping_text` without `shipping_price` means that the page spoke of shipping without a
    fixed fee, such as "Free shipping over US $10".
    """

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting(PageFacts):
    """One product as one page showed it."""

    aliexpress_id: str
    redirected_id: str | None = None
    title: str
    url: str | None = None
    image_url: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        money = self._money()
        if len(money) > 1 and len({one.currency for one in money}) > 1:
            raise ValueError(f"Product {self.aliexpress_id} has money of several currencies.")

    @property
    def currency(self) -> str | None:
        """The currency of this sighting's money, or None where it has none."""
        for money in (self.price, self.list_price, self.shipping_price):
            if money is not None:
                return money.currency
        return None

    def _money(self) -> list[Money]:
        return [money for money in (self.price, self.list_price, self.shipping_price) if money]

    def observed(self) -> "Observed":
        """Return exactly what the page said, nulls included."""
        return Observed(
            self.currency,
            _minor(self.price),
            condition_key(self.price_condition),
            self.sku_id,
            _minor(self.list_price),
            _minor(self.shipping_price),
            self.star_rating,
            self.units_sold,
            self.price_condition,
        )


class Observed(NamedTuple):
    """The columns of an Observation that say what a page said."""

    currency: str | None
    price_minor: int | None
    condition_key: str | None
    sku_id: str | None
    list_price_minor: int | None
    shipping_price_minor: int | None
    star_rating: float | None
    units_sold: int | None
    price_condition: str | None

    def differs(self, other: "Observed") -> bool:
        """Return whether something differs: of a condition its words, not the amounts in them."""
        return self[:-1] != other[:-1]


def changes(product: KnownProduct, sighting: Sighting) -> dict[str, Any]:
    """Return the columns of a product that a sighting changes, with their new values."""
    known, held = product.columns, product.edited_fields
    said = _plain(sighting) | _money(product, sighting)
    changed = {column: value for column, value in said.items() if known[column] != value}
    if not held:
        return changed
    return {name: value for name, value in changed.items() if _FACTS.get(name, name) not in held}


def _plain(sighting: Sighting) -> Columns:
    said = {name: getattr(sighting, name) for name in _ALIKE}
    said = {name: value for name, value in said.items() if value is not None}
    if sighting.units_sold is not None:
        said["units_sold"] = sighting.units_sold
        said["units_sold_text"] = sighting.units_sold_text
    return said


def _money(product: KnownProduct, sighting: Sighting) -> Columns:
    currency = sighting.currency
    if currency is None or currency == product.currency:
        return _said_money(product, sighting)
    if not MONEY_FACTS.isdisjoint(product.edited_fields):
        return {}  # the currency is held, and money of another one cannot carry its label
    relabelled = {"currency": currency}
    if product.currency is None:
        return relabelled | _said_money(product, sighting)
    if sighting.price is None:
        return {}  # without a price there is nothing to replace the old currency's price with
    return relabelled | _price(sighting) | _shipping(sighting)


def _said_money(product: KnownProduct, sighting: Sighting) -> Columns:
    said = {} if sighting.price is None else _price(sighting)
    return said | _shipping(sighting) if _says_shipping_anew(product, sighting) else said


def _says_shipping_anew(product: KnownProduct, sighting: Sighting) -> bool:
    """Whether a listing's tag tells more than it did: a fee, or words that have changed.

    The same condition as before does not undo the fee that the product's own page has stated.
    """
    if sighting.shipping_price is not None:
        return True
    text = sighting.shipping_text
    return text is not None and text != product.listing_shipping_text


def _price(sighting: Sighting) -> Columns:
    """Return the price with its struck-through one: a price without one clears it."""
    return {
        "price_minor": _minor(sighting.price),
        "price_text": sighting.price_text,
        "price_condition": sighting.price_condition,
        "condition_key": condition_key(sighting.price_condition),
        "sku_id": sighting.sku_id,
        "list_price_minor": _minor(sighting.list_price),
    }


def _shipping(sighting: Sighting) -> Columns:
    return {
        "shipping_price_minor": _minor(sighting.shipping_price),
        "shipping_text": sighting.shipping_text,
        "listing_shipping_text": sighting.shipping_text,
    }


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor
