"""The page of one product: its head, its charts and everything that is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from webapi.pages import facts
from webapi.pages.changes import Change, gone_note, last_seen_note, price_change
from webapi.pages.facts import Label
from webapi.pages.history import (
    PriceChart,
    PriceRange,
    UnitsChart,
    price_charts,
    price_range,
    units_chart,
)
from webapi.pages.known import LABELS, Fact, known_facts
from webapi.pages.pictures import Picture, PictureHosts, shop_link

OBSERVATIONS: Final = 1000
"""How many of the newest observations the page is made of; the CSV has all."""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Everything that the page shows besides the edit form."""

    id: int
    title: str
    is_title_protected: bool
    category: str | None
    category_name: str
    picture: Picture
    stars: str | None
    sold: Label
    store: str | None
    price: str | None
    list_price: str | None
    price_condition: str | None
    change: Change
    last_seen: str | None
    gone: str | None
    shipping: Label
    range: PriceRange | None
    shop_url: str | None
    charts: Sequence[PriceChart]
    units: UnitsChart | None
    known: Sequence[Fact]
    protected: Sequence[str]


def product_page(
    product: Any,
    observations: Sequence[Any],
    hosts: PictureHosts,
    now: datetime,
    good_at: datetime | None = None,
) -> ProductPage:
    """Return the page of a product. `observations` are the newest `OBSERVATIONS`, oldest first."""
    charts = price_charts(product, observations, now)
    price = facts.money_of(product, "price")
    return ProductPage(
        id=product.id,
        title=product.title,
        is_title_protected="title" in product.edited_fields,
        category=product.category,
        category_name=(product.category or "").split(" > ")[-1],
        picture=hosts.picture(product.image_url),
        stars=facts.stars_text(product),
        sold=facts.sold_label(product),
        store=product.store_name,
        price=price,
        list_price=None if price is None else facts.money_of(product, "list_price"),
        price_condition=product.price_condition,
        change=price_change(product, observations, now),
        last_seen=None if product.gone_at else last_seen_note(product, good_at, now),
        gone=gone_note(product, now),
        shipping=facts.shipping_label(product),
        range=price_range(product, observations, now),
        shop_url=shop_link(product.url),
        charts=charts,
        units=units_chart(product, observations, now),
        known=known_facts(product, now),
        protected=[label for name, label in LABELS.items() if name in product.edited_fields],
    )
