"""Shipping tags: free, a fee, or free only under a condition."""

import re
from enum import Enum, auto
from typing import Final, NamedTuple

from aliscrape.parsers.price import PRICE, Price, parse_price
from aliscrape.parsers.text import normalise

_FREE: Final = {
    "ar": ("شحن مجاني", "شحن مجانًا", "شحن مجانا"),
    "de": ("kostenloser versand", "versandkostenfrei", "gratis versand", "gratisversand"),
    "en": ("free shipping", "free delivery"),
    "es": ("envío gratis", "envío gratuito", "envio gratis", "envio gratuito"),
    "fr": ("livraison gratuite", "livraison offerte"),
    "he": ("משלוח חינם",),
    "id": ("gratis ongkir", "pengiriman gratis"),
    "it": ("spedizione gratuita", "spedizione gratis"),
    "ja": ("送料無料",),
    "ko": ("무료 배송", "무료배송"),
    "nl": ("gratis verzending",),
    "pl": ("darmowa wysyłka", "bezpłatna wysyłka", "darmowa dostawa"),
    "pt": ("frete grátis", "frete gratis", "envio grátis"),
    "ru": ("бесплатная доставка",),
    "th": ("จัดส่งฟรี", "ส่งฟรี"),
    "tr": ("ücretsiz kargo", "kargo bedava"),
    "uk": ("безкоштовна доставка",),
    "vi": ("miễn phí vận chuyển",),
    "zh": ("免运费", "免費送貨", "免運費", "包邮"),
}
_FEE: Final = {
    "ar": ("الشحن", "شحن"),
    "de": ("versand", "versandkosten"),
    "en": ("shipping", "shipping fee", "delivery fee"),
    "es": ("envío", "envio"),
    "fr": ("livraison", "frais de livraison"),
    "he": ("משלוח",),
    "id": ("ongkir", "pengiriman"),
    "it": ("spedizione",),
    "ja": ("送料", "配送料"),
    "ko": ("배송비", "배송"),
    "nl": ("verzending", "verzendkosten"),
    "pl": ("wysyłka", "dostawa"),
    "pt": ("frete", "envio"),
    "ru": ("доставка",),
    "th": ("ค่าจัดส่ง", "การจัดส่ง"),
    "tr": ("kargo",),
    "uk": ("доставка",),
    "vi": ("phí vận chuyển", "vận chuyển"),
    "zh": ("运费", "運費"),
}
_BESIDE_FREE: Final = re.compile(
    r"[0-9]+[- ]day delivery|livraison en [0-9]+ jours?|entrega en [0-9]+ d[ií]as?"
    r"|entrega em [0-9]+ dias?|lieferung in [0-9]+ tagen?|consegna in [0-9]+ giorni"
    r"|free returns?|retours? gratuits?|devoluci[oó]n gratis|devoluciones gratis"
    r"|devolução grátis|kostenlose rückgabe|reso gratuito"
)
"""What may stand beside a free phrase without making it a condition."""

_SEGMENTS: Final = re.compile(r"\s?[·•|]\s?")
FREE_PHRASES: Final = tuple(phrase for phrases in _FREE.values() for phrase in phrases)
_FEE_WORDS: Final = "|".join(re.escape(word) for words in _FEE.values() for word in words)
_FEE_TAG: Final = re.compile(
    rf"\+?\s?(?:{_FEE_WORDS})\s?:?\s?\+?\s?(?P<price>{PRICE})(?:\s?/\s?\w+)?(?:\s?via .+)?",
    re.IGNORECASE,
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
    fee: Price | None = None


def parse_shipping(text: str | None, expected: str | None = None) -> Shipping | None:
    """Return what a tag says about shipping, or None if it is about something else or unknown.

    A free phrase with anything unknown beside it is a condition. `expected` is the currency of
    the page, as for `parse_price`.

    >>> parse_shipping("Free shipping").terms, parse_shipping("Free shipping over US $10").terms
    (<ShippingTerms.FREE: 1>, <ShippingTerms.CONDITIONAL: 3>)
    >>> parse_shipping("+ envío: ARS 1.344,33").fee
    Price(amount=Decimal('1344.33'), currency='ARS')
    >>> parse_shipping("15-day delivery on $5") is None
    True
    """
    phrase = normalise(text) if text else None
    if not phrase:
        return None
    lowered = phrase.casefold()
    if any(free in lowered for free in FREE_PHRASES):
        free = _is_free(_SEGMENTS.split(lowered))
        return Shipping(ShippingTerms.FREE if free else ShippingTerms.CONDITIONAL)
    match = _FEE_TAG.fullmatch(phrase)
    fee = parse_price(match["price"], expected) if match else None
    return Shipping(ShippingTerms.FEE, fee) if fee else None


def _is_free(segments: list[str]) -> bool:
    others = [segment for segment in segments if segment not in FREE_PHRASES]
    return len(others) < len(segments) and all(map(_BESIDE_FREE.fullmatch, others))
