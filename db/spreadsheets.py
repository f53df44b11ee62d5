"""Make texts safe for spreadsheets, which run some of them as formulas."""

from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run as a formula (OWASP, CSV injection)."""


def disarmed(value: Any) -> Any:
    """Return the value of a cell: an apostrophe is added before texts that would be formulas.

    >>> disarmed("=1+1"), disarmed("+shipping: $5"), disarmed("Shoe"), disarmed(-5)
    ("'=1+1", "'+shipping: $5", 'Shoe', -5)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
