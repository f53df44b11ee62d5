"""The signs by which the site writes currencies.

Seen on saved pages of 2020 to 2026: "US $", "$", "€ ", "￡", "￥ ", "円", "₫", "₪", "NT$", "MAD",
"ARS ". There "$" alone was always the US dollar, as the payload's code beside it says: the site
gives other dollars letters of their own.
"""

import re
from typing import Final

from db.currencies import CURRENCIES

_SIGNS: Final = {
    "USD": "US $|US$|$", "AUD": "AU $|AU$|A$", "BRL": "R$|R $", "CAD": "C $|C$|CA$",
    "CNY": "CN¥|CN ¥|元", "CZK": "Kč", "EUR": "€", "GBP": "£", "HKD": "HK$|HK $", "HUF": "Ft",
    "IDR": "Rp", "ILS": "₪", "INR": "₹", "JPY": "円|JP¥", "KRW": "₩|원", "KZT": "₸",
    "MXN": "MXN$|MX$|MXN $", "MYR": "RM", "NGN": "₦", "NZD": "NZ$|NZ $", "PHP": "₱", "PLN": "zł",
    "RUB": "₽|руб.|руб", "SGD": "S$|SG$|SG $", "THB": "฿", "TRY": "₺|TL", "TWD": "NT$|NT $",
    "UAH": "₴|грн.|грн", "VND": "₫",
}  # fmt: skip
"""The signs that mean one currency only, separated by bars."""

_KRONE, _RUPEE = ("DKK", "SEK", "NOK", "ISK"), ("INR", "PKR", "LKR", "NPR")
_SHARED_SIGNS: Final = {
    "¥": ("JPY", "CNY"), "kr": _KRONE, "kr.": _KRONE, "Rs": _RUPEE, "Rs.": _RUPEE,
}  # fmt: skip
"""Signs of several currencies: only the currency of the page can tell which is meant."""
SHARING_SIGNS: Final = frozenset(code for codes in _SHARED_SIGNS.values() for code in codes)

_OTHER_DOLLARS: Final = frozenset("ARS AUD CAD CLP COP HKD MXN NZD SGD TWD UYU".split())
"""Beside the code of one of these, a bare "$" may be another dollar than the US one."""

_MEANINGS: Final[dict[str, tuple[str, ...]]] = {
    **{code: (code,) for code in CURRENCIES},
    **{sign: (code,) for code, signs in _SIGNS.items() for sign in signs.split("|")},
    **_SHARED_SIGNS,
}

SIGN: Final = "|".join(re.escape(sign) for sign in sorted(_MEANINGS, key=len, reverse=True))
"""A pattern for any sign or ISO 4217 code, the longest first."""


def currency_of(sign: str, expected: str | None = None) -> str | None:
    """Return the currency that a sign stands for. `expected` is the currency of the page.

    >>> currency_of("$"), currency_of("¥"), currency_of("¥", "JPY"), currency_of("€", "USD")
    ('USD', None, 'JPY', 'EUR')
    """
    meanings = _MEANINGS.get(sign, ())
    if sign == "$" and expected in _OTHER_DOLLARS:
        return None
    if len(meanings) == 1:
        return meanings[0]
    return expected if expected in meanings else None
