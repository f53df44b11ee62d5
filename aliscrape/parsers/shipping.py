"""Shipping tags: free, a fee, or free only under a condition."""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple

from aliscrape.parsers.languages import FREE_SHIPPING, SHIPPING_FEE
from aliscrape.parsers.price import parse_price
from aliscrape.parsers.text import normalise
from db.money import Money

_BESIDE_FREE: Final = re.compile(
    r"[0-9]+[- ]day delivery|livraison en [0-9]+ jours?|entrega en [0-9]+ d[ií]as?"
    r"|entrega em [0-9]+ dias?|lieferung in [0-9]+ tagen?|consegna in [0-9]+ giorni"
    r"|free returns?|retours? gratuits?|devoluci[oó]n gratis|devoluciones gratis"
    r"|devolução grátis|kostenlose rückgabe|reso gratuito"
)
"""What may stand beside a free phrase without making it a condition."""

_SEGMENTS: Final = re.compile(r"\s?[·•|]\s?")
_FEE_WORDS: Final = "|".join(map(re.escape, sorted(SHIPPING_FEE, key=len, reverse=True)))
_FEE_TAG: Final = re.compile(
    rf"\+?\s?(?:{_FEE_WORDS})\s?:?\s?\+?\s?(?P<price>.+?)(?:\s?via .+)?", re.IGNORECASE
)


class ShippingTerms(Enum):
    """What a shipping tag promises."""

    FREE = auto()
    FEE = auto()
    CONDITIONAL = auto()
    """Free for some orders only. What this order would pay is unknown."""


class Shipping(NamedTuple):
    """A shipping tag's terms, with the fee where they are a fee."""

    terms: ShippingTerms
    fee: Money | None = None


@lru_cache(maxsize=1000)  # the same few tags are on all cards
def parse_shipping(text: str | None, expected: str | None = None) -> Shipping | None:
    """Return what a tag says about shipping, or None if it is about something else or unknown.

    A free phrase with anything unknown beside it is a condition. `expected` is the currency of
    the page, as for `parse_price`.

    >>> parse_shipping("Free shipping").terms, parse_shipping("Free shipping over US $10").terms
    (<ShippingTerms.FREE: 1>, <ShippingTerms.CONDITIONAL: 3>)
    >>> parse_shipping("+ envío: ARS 1.344,33").fee
    Money(minor=134433, currency='ARS')
    >>> parse_shipping("15-day delivery on $5") is None
    True
    """
    phrase = normalise(text)
    lowered = phrase.casefold()
    if any(free in lowered for free in FREE_SHIPPING):
        free = _is_free(_SEGMENTS.split(lowered))
        return Shipping(ShippingTerms.FREE if free else ShippingTerms.CONDITIONAL)
    match = _FEE_TAG.fullmatch(phrase)
    fee = parse_price(match["price"], expected) if match else None
    return Shipping(ShippingTerms.FEE, fee) if fee else None


def _is_free(segments: list[str]) -> bool:
    others = [segment for segment in segments if segment not in FREE_SHIPPING]
    return len(others) < len(segments) and all(map(_BESIDE_FREE.fullmatch, others))
