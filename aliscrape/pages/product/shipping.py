"""Read how much shipping costs from a product page: the same structure in every layout."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from aliscrape.pages.embedded import Json, dig, number_at, text_at
from aliscrape.parsers.text import fold_whitespace
from db.currencies import CURRENCIES

_TAGS: Final = re.compile(r"<[^>]*>")


def default_option(options: Json) -> Json:
    """Return the `bizData` of the first shipping option, which the page selects by default."""
    return dig(options[0], "bizData") if isinstance(options, list) and options else None


def shipping_fields(option: Json, page_currency: str | None, words: str | None) -> dict[str, Any]:
    """Return the raw shipping fields of an item, and the currency of its amounts.

    Assumed from pages of 2022 to 2026: the option's own `currency` is that of settlement, the
    shown one is `displayCurrency`. A product that is not shipped here has no shipping price,
    whatever the words say.
    """
    shown = text_at(option, "displayCurrency")
    currency = shown if shown in CURRENCIES else page_currency
    if dig(option, "unreachable") is True:
        return {"currency": currency}
    return {
        "currency": currency,
        "shipping_number": Decimal(0) if is_free(option) else number_at(option, "displayAmount"),
        "shipping_fee_text": text_at(option, "formattedAmount"),
        "shipping_text": words or text_at(option, "formattedAmount"),
    }


def is_free(option: Json) -> bool:
    """Return whether a shipping option costs nothing, with or without a condition.

    Where `thresholdOverZero` is there and not "yes", shipping is free although a fee is written.
    Where it is absent, `shippingFee` alone decides.
    """
    threshold = text_at(option, "thresholdOverZero")
    return text_at(option, "shippingFee") == "free" or threshold not in {None, "yes"}


def plain_text(markup: str | None) -> str | None:
    """Return the text of an HTML fragment, with entities resolved."""
    return fold_whitespace(html.unescape(_TAGS.sub(" ", markup or ""))) or None


def first_words(options: Json) -> str | None:
    """Return the first words that the page writes beside its first shipping option."""
    first = options[0] if isinstance(options, list) and options else None
    texts = (plain_text(text) for text in _contents(dig(first, "tableContentLayout")))
    return next((text for text in texts if text), None)


def _contents(value: Json) -> Iterator[str]:
    """Yield every `content` text inside a layout, in order."""
    if isinstance(value, list):
        for inner in value:
            yield from _contents(inner)
    elif isinstance(value, dict) and isinstance(value.get("content"), str):
        yield value["content"]
