"""How many were sold: "1,000+ sold", "+ 500 vendus", "Orders (105)", "1,000+ 点販売"."""

import re
from decimal import Decimal
from typing import Final

from aliscrape.parsers.numbers import NUMBER, read_number
from aliscrape.parsers.text import normalise

MOST: Final = 10**12
"""A larger number is something else than a sold count."""

_SOLD: Final = {
    "ar": ("تم بيع", "مباع", "مبيعًا", "تم البيع"),
    "de": ("verkauft", "bestellungen"),
    "en": ("sold", "orders", "order"),
    "es": ("vendido(s)", "vendidos", "vendido", "pedidos"),
    "fr": ("vendus", "vendu", "vendu(s)", "commandes"),
    "he": ("נמכרו", "נמכר"),
    "id": ("terjual",),
    "it": ("venduti", "venduto", "ordini"),
    "ja": ("点販売", "販売", "個販売", "件販売", "点 販売"),
    "ko": ("개 판매", "판매", "개 판매됨", "판매됨", "개판매"),
    "nl": ("verkocht", "bestellingen"),
    "pl": ("sprzedane", "sprzedano", "sprzedanych", "sprzedany"),
    "pt": ("vendido(s)", "vendidos", "vendido"),
    "ru": ("продано", "продан", "заказов", "заказа", "заказ", "куплено"),
    "th": ("ขายแล้ว", "ชิ้น", "ขายแล้ว ชิ้น"),
    "tr": ("satıldı", "satılan", "adet satıldı"),
    "uk": ("продано", "замовлень"),
    "vi": ("đã bán",),
    "zh": ("已售", "售出", "件已售", "已售出", "人付款"),
}
_MULTIPLIERS: Final = {
    "k": 10**3,
    "mil": 10**3,
    "mila": 10**3,
    "tsd.": 10**3,
    "tys.": 10**3,
    "tys": 10**3,
    "тыс.": 10**3,
    "тыс": 10**3,
    "тис.": 10**3,
    "тис": 10**3,
    "bin": 10**3,
    "rb": 10**3,
    "ribu": 10**3,
    "千": 10**3,
    "천": 10**3,
    "พัน": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "만": 10**4,
    "หมื่น": 10**4,
    "m": 10**6,
    "mln": 10**6,
    "mio.": 10**6,
    "млн": 10**6,
}
_DECIMALS_OF_MULTIPLES: Final = 3
"""1.25K is 1250, but 1.250K could be either: see `read_number`."""

_WORDS: Final = frozenset(word for words in _SOLD.values() for word in words)
_SPACED_SCRIPTS_END: Final = "\u0500"
"""Before it lie Latin, Greek and Cyrillic, which put spaces between words; CJK and Thai do not."""

_MULTIPLIER: Final = "|".join(
    re.escape(word) + (r"(?!\w)" if word[-1] < _SPACED_SCRIPTS_END else "")
    for word in sorted(_MULTIPLIERS, key=len, reverse=True)
)
_COUNT: Final = re.compile(
    rf"(?P<before>[^0-9+]*?)\s?[:(]?\s?\+?\s?(?P<number>{NUMBER})"
    rf"\s?(?P<multiplier>{_MULTIPLIER})?\s?\+?\s?\)?\s?(?P<after>[^0-9+]*)"
)


def parse_units_sold(text: str | None) -> int | None:
    """Return the number of units sold; of "1,000+ sold" the lower bound 1000.

    Only words that are known to be about sales may stand beside the number, because an unknown
    word may multiply it.

    >>> parse_units_sold("1,000+ sold"), parse_units_sold("10K+ sold"), parse_units_sold("5万+")
    (1000, 10000, 50000)
    >>> parse_units_sold("Sold") is None and parse_units_sold("15-day delivery") is None
    True
    """
    phrase = normalise(text) if text else None
    match = _COUNT.fullmatch(phrase.casefold()) if phrase else None
    if match is None or not {match["before"], match["after"]} <= _WORDS | {""}:
        return None
    number = _count(match["number"], match["multiplier"])
    return None if number is None or not number <= MOST else int(number)


def _count(number: str, multiplier: str | None) -> Decimal | None:
    if multiplier is None:
        return read_number(number, 0)
    amount = read_number(number, _DECIMALS_OF_MULTIPLES)
    return None if amount is None else amount * _MULTIPLIERS[multiplier]
