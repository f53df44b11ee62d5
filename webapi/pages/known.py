"""The table "Everything known" of a product."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from webapi.pages import facts, words
from webapi.pages.pictures import shop_link
from webapi.pages.words import When

_PATH_MARK: Final = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
LABELS: Final = {
    "title": "Title",
    "store_name": "Store",
    "currency": "Currency",
    "price": "Price",
    "list_price": "List price",
    "shipping_price": "Shipping",
    "star_rating": "Stars",
    "units_sold": "Units sold",
    "category": "Category",
    "image_url": "Picture",
    "url": "Page in the shop",
}
"""The facts that a person can edit, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of "Everything known"."""

    label: str
    text: str
    quote: str = ""
    is_protected: bool = False
    link: str | None = None
    when: When | None = None
    crawl_id: int | None = None


def known_facts(product: Any, now: datetime) -> list[Fact]:
    """Return the rows of "Everything known"."""
    edited = product.edited_fields

    def row(name: str, text: str | None, quote: str | None = "", link: str | None = None) -> Fact:
        shown = words.UNKNOWN if text is None else text
        return Fact(LABELS[name], shown, quote or "", name in edited, link)

    listed = facts.money_of(product, "list_price")
    sold = None if product.units_sold is None else f"{product.units_sold:,}"
    if sold is not None and facts.is_lower_bound(product):
        sold += " or more"
    path, condition = product.category, product.price_condition
    return [
        row("price", facts.money_of(product, "price"), product.price_text),
        *([Fact("Condition of the price", condition)] if condition else []),
        *([row("list_price", listed)] if listed or "list_price" in edited else []),
        row("shipping_price", _shipping(product), product.shipping_text),
        row("star_rating", facts.stars_text(product)),
        row("units_sold", sold, product.units_sold_text),
        row("store_name", product.store_name),
        *([row("currency", product.currency)] if "currency" in edited else []),
        row("category", None if path is None else path.replace(" > ", _PATH_MARK)),
        row("image_url", product.image_url, link=shop_link(product.image_url)),
        row("url", product.url, link=shop_link(product.url)),
        _instant("First seen", product.first_seen_at, now),
        _instant("Last seen", product.last_seen_at, now, product.last_crawl_id),
        *([_instant("Gone since", product.gone_at, now)] if product.gone_at else []),
        _instant("Last changed", product.updated_at, now),
        Fact("Shop's id", product.aliexpress_id or "None: added by hand"),
    ]


def _shipping(product: Any) -> str | None:
    return (
        "Free" if product.shipping_price_minor == 0 else facts.money_of(product, "shipping_price")
    )


def _instant(label: str, at: datetime | None, now: datetime, crawl: int | None = None) -> Fact:
    if at is None:
        return Fact(label, "Never, by a crawl")
    return Fact(label, "", when=words.when(at, now), crawl_id=crawl)
