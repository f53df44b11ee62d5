"""The currencies of ISO 4217 and how many minor digits each has.

Source: ISO 4217 list one (active codes), without funds, metals and testing codes.
"""

from typing import Final

DEFAULT_DIGITS: Final = 2

_UNUSUAL_DIGITS: Final = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}

CURRENCIES: Final = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR
    ZMW ZWG
    """.split()
)


MINOR_DIGITS: Final = {
    currency: _UNUSUAL_DIGITS.get(currency, DEFAULT_DIGITS) for currency in CURRENCIES
}
"""How many decimal places amounts in each currency have."""


def known_currency(code: str | None) -> str | None:
    """Return a stored currency code, or None if ISO 4217 does not list it.

    Another version of this table, or another tool, may have written it. How many minor digits its
    amounts have is unknown, so these cannot be shown.
    """
    return code if code in CURRENCIES else None


def minor_digits(currency: str) -> int:
    """Return how many decimal places amounts in a currency have.

    >>> minor_digits("USD"), minor_digits("JPY"), minor_digits("KWD")
    (2, 0, 3)

    Raises ValueError for a code that ISO 4217 does not list.
    """
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217, such as USD.")
    return MINOR_DIGITS[currency]
