"""Prices: "US $9.99", "€ 97,39 - 128,72", "₫10,413"."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from aliscrape.parsers.currencies import SHARING_SIGNS, SIGN, currency_of
from aliscrape.parsers.numbers import NUMBER, read_number
from aliscrape.parsers.text import normalise
from db.currencies import minor_digits
from db.money import Money

_UNIT: Final = r"(?:\s?/\s?\w+)?"
_AMOUNT: Final = rf"(?:({SIGN})\s?)?({NUMBER})(?:\s?({SIGN}))?"
_ONE_OR_RANGE: Final = re.compile(rf"{_AMOUNT}(?:\s?[-–—~]\s?{_AMOUNT})?{_UNIT}")


@lru_cache(maxsize=1000)  # a page states the same price more than once
def parse_price(text: str | None, expected: str | None = None) -> Money | None:
    """Return the price in a text; of a range the lower end, the price of the cheapest variant.

    `expected` is the currency of the page, needed only where a sign is shared by several.

    >>> parse_price("US $9.99 - 19.99")
    Money(minor=999, currency='USD')
    >>> parse_price("MXN$1.034,89")
    Money(minor=103489, currency='MXN')
    >>> parse_price("￥ 2,057", expected="JPY")
    Money(minor=2057, currency='JPY')
    >>> parse_price("9.99") is None and parse_price("$5 - $3") is None
    True
    """
    match = _ONE_OR_RANGE.fullmatch(normalise(text))
    if match is None:
        return None
    before, lowest, after, before_highest, highest, after_highest = match.groups()
    signs = {sign for sign in (before, after, before_highest, after_highest) if sign}
    currency = currency_of(signs.pop(), expected) if len(signs) == 1 else None
    if currency is None:
        return None
    digits = minor_digits(currency)
    price = money_of(read_number(lowest, digits), currency)
    ceiling = money_of(read_number(highest, digits), currency) if highest else price
    return price if price and ceiling and price.minor <= ceiling.minor else None


def excludes_currency(text: str | None, currency: str) -> bool:
    """Return whether a price has a sign that several currencies share, but not this one.

    >>> excludes_currency("￥ 410", "EUR"), excludes_currency("￥ 410", "JPY")
    (True, False)
    """
    others = (parse_price(text, code) for code in SHARING_SIGNS)
    is_shared = any(price is not None and price.currency in SHARING_SIGNS for price in others)
    return is_shared and parse_price(text, currency) is None


def money_of(number: Decimal | None, currency: str | None) -> Money | None:
    """Return a number as money of a currency, or None if it is no amount of it.

    >>> money_of(Decimal("16.9"), "USD")
    Money(minor=1690, currency='USD')
    >>> money_of(Decimal("1.234"), "USD") is None
    True
    """
    if number is None or currency is None:
        return None
    try:
        return Money.of(number, currency)
    except ValueError:
        return None
