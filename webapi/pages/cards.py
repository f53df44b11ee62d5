"""The cards of the product list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from webapi.pages import facts
from webapi.pages.changes import Change, last_seen_note, price_change
from webapi.pages.facts import Label
from webapi.pages.pictures import Picture, PictureHosts
from webapi.pages.sparkline import Sparkline, sparkline
from webapi.pages.steps import price_steps

OBSERVATIONS: Final = 30
"""How many of a product's newest observations a card is made of."""
LONGEST_PRICE: Final = 7
"""In characters; beside a longer one a sparkline has no room."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows, from top to bottom; a text that is None is left out."""

    id: int
    title: str
    picture: Picture
    is_edited: bool
    price: str | None
    list_price: str | None
    price_condition: str | None
    sparkline: Sparkline | None
    change: Change
    last_seen: str | None
    shipping: Label
    stars: str | None
    sold: Label
    store: str | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the cards of a page share.

    `good_at` says when the last good crawl of each category began.
    """

    hosts: PictureHosts
    now: datetime
    good_at: Mapping[str | None, datetime] = field(default_factory=dict)


def card(
    product: Any,
    observations: Sequence[Any],
    catalog: Catalog,
    earlier_minor: int | None = None,
) -> Card:
    """Return the card of a product.

    `observations` are its newest ones, oldest first, at most `OBSERVATIONS`. `earlier_minor` is the
    price before a drop in a list of price drops.
    """
    now, good_at = catalog.now, catalog.good_at.get(product.category)
    is_whole = len(observations) < OBSERVATIONS
    change = price_change(
        product, observations, now, earlier_minor=earlier_minor, is_whole=is_whole
    )
    price = facts.money_of(product, "price")
    return Card(
        id=product.id,
        title=product.title,
        picture=catalog.hosts.picture(product.image_url),
        is_edited=bool(product.edited_fields),
        price=price,
        list_price=None if price is None else facts.money_of(product, "list_price"),
        price_condition=product.price_condition,
        sparkline=_sparkline(product, observations, price, change),
        change=change,
        last_seen=None if price is None else last_seen_note(product, good_at, now),
        shipping=facts.shipping_label(product),
        stars=facts.stars_text(product),
        sold=facts.sold_label(product),
        store=product.store_name,
    )


def _sparkline(
    product: Any, observations: Sequence[Any], price: str | None, change: Change
) -> Sparkline | None:
    if price is None or len(price) > LONGEST_PRICE or not observations:
        return None
    end = product.last_seen_at or observations[-1].seen_at
    return sparkline(price_steps(observations, product.currency, end), change.kind)
