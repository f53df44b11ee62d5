"""Prices: "US $9.99", "€ 97,39 - 128,72", "₫10,413"."""

import re
from decimal import Decimal
from typing import Final, NamedTuple

from aliscrape.parsers.currencies import SHARING_SIGNS, SIGN, currency_of
from aliscrape.parsers.numbers import NUMBER, read_number
from aliscrape.parsers.text import normalise
from db.currencies import minor_digits
from db.money import Money

PRICE: Final = (
    rf"(?:(?:{SIGN})\s?)?(?:{NUMBER})(?:\s?(?:{SIGN}))?"
    rf"(?:\s?[-–—~]\s?(?:(?:{SIGN})\s?)?(?:{NUMBER})(?:\s?(?:{SIGN}))?)?"
)
"""A pattern to find a price inside a phrase; `parse_price` reads what it matches."""

_UNIT: Final = r"(?:\s?/\s?\w+)?"
_AMOUNT: Final = rf"(?:({SIGN})\s?)?({NUMBER})(?:\s?({SIGN}))?"
_ONE_OR_RANGE: Final = re.compile(rf"{_AMOUNT}(?:\s?[-–—~]\s?{_AMOUNT})?{_UNIT}")


class Price(NamedTuple):
    """A decimal amount, never finer than its ISO 4217 currency."""

    amount: Decimal
    currency: str


def parse_price(text: str | None, expected: str | None = None) -> Price | None:
    """Return the price in a text; of a range the lower end, the price of the cheapest variant.

    `expected` is the currency of the page, needed only where a sign is shared by several.

    >>> parse_price("US $9.99 - 19.99")
    Price(amount=Decimal('9.99'), currency='USD')
    >>> parse_price("MXN$1.034,89")
    Price(amount=Decimal('1034.89'), currency='MXN')
    >>> parse_price("￥ 2,057", expected="JPY")
    Price(amount=Decimal('2057'), currency='JPY')
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
    price, ceiling = _amount(lowest, currency), _amount(highest or lowest, currency)
    if price is None or ceiling is None or price > ceiling:
        return None
    return Price(price, currency)


def excludes_currency(text: str | None, currency: str) -> bool:
    """Return whether a price has a sign that several currencies share, but not this one.

    >>> excludes_currency("￥ 410", "EUR"), excludes_currency("￥ 410", "JPY")
    (True, False)
    """
    others = (parse_price(text, code) for code in SHARING_SIGNS)
    is_shared = any(price is not None and price.currency in SHARING_SIGNS for price in others)
    return is_shared and parse_price(text, currency) is None


def _amount(number: str, currency: str) -> Decimal | None:
    """Return the amount with the currency's digits, or None if it cannot be stored exactly."""
    amount = read_number(number, minor_digits(currency))
    if amount is None:
        return None
    try:
        return Money.of(amount, currency).amount
    except ValueError:
        return None  # more than any price: not an amount of money
