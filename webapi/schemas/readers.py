"""From a JSON value to a value of the domain; a ValueError says what it must be."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from db.addresses import secure_address
from db.currencies import CURRENCIES
from db.edits import EDITABLE
from db.identifiers import global_id

Reader = Callable[[Any], Any]

LONGEST_TEXT: Final = 1000
MOST_UNITS: Final = 10**15
HIGHEST_RATING: Final = 5

AMOUNT: Final = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"
_AMOUNT: Final = re.compile(AMOUNT.strip("^$"), re.ASCII)


def text(value: Any) -> str:
    """Words on one line, white space folded."""
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must be Unicode without lone surrogates")
    if "\0" in value:
        raise ValueError("must not have NUL characters")
    folded = " ".join(value.split())
    if not folded:
        raise ValueError("must not be empty; null says that it is unknown")
    if len(folded) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    return folded


def address(value: Any) -> str:
    """An absolute address: https, or http on this machine."""
    kept = secure_address(value, base="http:") if isinstance(value, str) else None
    if kept is None or (value.strip().startswith("http:") and kept.startswith("https:")):
        raise ValueError("must be an absolute https address")
    return kept


def currency(value: Any) -> str:
    """A code of ISO 4217."""
    if not isinstance(value, str) or value not in CURRENCIES:
        raise ValueError("must be a currency code of ISO 4217, like USD")
    return value


def amount(value: Any) -> Decimal:
    """A decimal string, or a number; how fine it may be is the currency's matter."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return Decimal(value)
    if _is_number(value) and value >= 0:
        return Decimal(value)
    raise ValueError('must be an amount of money from 0 up, like "12.34"')


def rating(value: Any) -> float:
    """Stars out of five."""
    if not _is_number(value) or not 0 <= value <= HIGHEST_RATING:
        raise ValueError(f"must be a number from 0 to {HIGHEST_RATING}")
    return float(value)


def count(value: Any) -> int:
    """A whole number of units."""
    if not _is_number(value) or not 0 <= value <= MOST_UNITS or value != int(value):
        raise ValueError("must be a whole number from 0 up")
    return int(value)


def aliexpress_id(value: Any) -> str:
    """The site's id of a product, made global."""
    found = global_id(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a product id of AliExpress, a text of digits")
    return found


def field_names(value: Any) -> frozenset[str]:
    """Names of fields that a person can set."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("must be a list of field names")
    unknown = sorted(set(value) - EDITABLE)
    if unknown:
        raise ValueError(f"names {unknown[0]!r}, which is no field that can be edited")
    return frozenset(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
