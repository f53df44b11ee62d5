"""Texts that a spreadsheet shows and does not run, whatever a seller wrote into a title."""

from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run as a formula (OWASP, CSV injection)."""


def disarmed(value: Any) -> Any:
    """A value for a cell: texts that would be formulas get an apostrophe before them.

    >>> disarmed("=1+1"), disarmed("+shipping: $5"), disarmed("Shoe"), disarmed(-5)
    ("'=1+1", "'+shipping: $5", 'Shoe', -5)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
