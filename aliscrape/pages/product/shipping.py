"""Read how much shipping costs from a product page: the same structure in every layout."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from aliscrape.pages.embedded import Json, dig, number_at, text_at
from aliscrape.parsers.text import fold_whitespace
from aliscrape.site import SITE_REGIONS
from db.currencies import known_currency

_TAGS: Final = re.compile(r"<[^>]*>")
_DIGIT: Final = re.compile(r"[0-9]")
_THRESHOLDS: Final = (None, "yes", "no")


def selected_option(shipping: Json, *lists: str) -> Json:
    """Return the option that the page says is selected, else the first one.

    `lists` are the keys of the lists of options, the preferred one first.
    """
    found = [dig(shipping, name) for name in lists]
    options = [option for entries in found if isinstance(entries, list) for option in entries]
    code = text_at(shipping, "selectedDeliveryOptionCode")
    selected = (o for o in options if code and text_at(o, "bizData", "deliveryOptionCode") == code)
    return next(selected, options[0] if options else None)


def shipping_fields(
    option: Json, page_currency: str | None, words: str | None, country: str
) -> dict[str, Any]:
    """Return the raw shipping fields of an item, and the currency of its amounts.

    Assumed from pages of 2022 to 2026: the option's own `currency` is that of settlement, the
    shown one is `displayCurrency`. A product that is not shipped here, a quote for another
    country than `country` and terms that nobody has seen have no shipping price, whatever the
    words say.
    """
    shown = known_currency(text_at(option, "displayCurrency"))
    fields: dict[str, Any] = {"currency": shown or page_currency}
    threshold, quoted = dig(option, "thresholdOverZero"), text_at(option, "shipToCode") or country
    is_elsewhere = SITE_REGIONS.get(quoted, quoted) != SITE_REGIONS.get(country, country)
    is_unreachable = str(dig(option, "unreachable")).casefold() == "true"
    if is_elsewhere or is_unreachable or threshold not in _THRESHOLDS:
        return fields
    if threshold == "no":  # nothing to reach: free, although a fee may be written
        text = None if _DIGIT.search(words or "") else words
        return fields | {"shipping_number": Decimal(0), "shipping_text": text}
    is_free = text_at(option, "shippingFee") == "free"
    fee = text_at(option, "formattedAmount")
    return fields | {
        "shipping_number": Decimal(0) if is_free else number_at(option, "displayAmount") or None,
        "shipping_fee_text": fee,
        "shipping_text": words or fee,
    }


def plain_text(markup: str | None) -> str | None:
    """Return the text of an HTML fragment, with entities resolved."""
    return fold_whitespace(html.unescape(_TAGS.sub(" ", markup or ""))) or None


def first_words(option: Json) -> str | None:
    """Return the first words that the page writes beside a shipping option."""
    texts = (plain_text(text) for text in _contents(dig(option, "tableContentLayout")))
    return next((text for text in texts if text), None)


def _contents(value: Json) -> Iterator[str]:
    """Yield every `content` text inside a layout, in order."""
    if isinstance(value, list):
        for inner in value:
            yield from _contents(inner)
    elif isinstance(value, dict) and isinstance(value.get("content"), str):
        yield value["content"]
