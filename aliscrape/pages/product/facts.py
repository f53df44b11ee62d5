"""What a product page says, and how all layouts write shipping."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from aliscrape.pages.embedded import Json, dig, number_at, text_at
from aliscrape.parsers import Price, parse_price
from aliscrape.parsers.text import fold_whitespace
from db.currencies import CURRENCIES
from db.money import Money

_TAGS: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """The facts of a product page that a listing may lack; None is what it does not say."""

    aliexpress_id: str | None
    store_name: str | None
    shipping: Price | None
    shipping_text: str | None
    star_rating: Decimal | None
    units_sold_number: int | None
    units_sold_text: str | None


def default_way(ways: Json) -> Json:
    """The `bizData` of the first way of shipping, which is the one that the page offers first."""
    return dig(ways[0], "bizData") if isinstance(ways, list) and ways else None


def shipping_price(way: Json, currency: str | None) -> Price | None:
    """What a way of shipping costs: free is 0, a stated fee is the fee whatever may waive it.

    `currency` is the page's, for ways that name none. Assumed from pages of 2022 to 2026: where
    `thresholdOverZero` is there and not "yes", shipping is free although a fee is written; where
    it is absent, `shippingFee` alone says; the way's own `currency` is that of settlement, the
    shown one is `displayCurrency`.
    """
    if not isinstance(way, dict) or way.get("unreachable") is True:
        return None
    shown = text_at(way, "displayCurrency")
    currency = shown if shown in CURRENCIES else currency
    if is_free(way):
        return Price(Decimal(0), currency) if currency else None
    return _fee(way, currency)


def is_free(way: Json) -> bool:
    """Whether a way of shipping costs nothing, condition or not."""
    threshold = text_at(way, "thresholdOverZero")
    return text_at(way, "shippingFee") == "free" or threshold not in {None, "yes"}


def _fee(way: Json, currency: str | None) -> Price | None:
    amount = number_at(way, "displayAmount")
    if amount is None or currency is None:
        return parse_price(text_at(way, "formattedAmount"), currency)
    try:
        return Price(Money.of(amount, currency).amount, currency)
    except ValueError:
        return None


def plain_text(markup: str | None) -> str | None:
    """The words of a bit of HTML, entities resolved."""
    if markup is None:
        return None
    return fold_whitespace(html.unescape(_TAGS.sub(" ", markup))) or None


def contents(value: Json) -> Iterator[str]:
    """Every `content` text inside a layout, in order."""
    if isinstance(value, list):
        for inner in value:
            yield from contents(inner)
    elif isinstance(value, dict) and isinstance(value.get("content"), str):
        yield value["content"]
