"""Numbers as shops of many countries write them: 1,234.50 and 1.234,50 and 1 234,50."""

import re
from decimal import Decimal
from typing import Final

NUMBER: Final = r"[0-9](?:[0-9.,' ’]*[0-9])?"
"""A pattern for digits and separators, which `read_number` reads."""

_SEPARATOR: Final = re.compile(r"[.,' ’]")
_DECIMAL_MARKS: Final = frozenset(".,")
_THOUSANDS: Final = 3
"""Digits in a group of thousands; Indian amounts have pairs before the last group."""


def read_number(text: str, digits: int) -> Decimal | None:
    """Return the number that a text means, if at most `digits` decimals are possible.

    A lone separator before three digits groups thousands, because no amount with two or no
    decimals ends that way. Where three decimals are possible it is ambiguous: None.

    >>> read_number("1.515,50", 2), read_number("10,413", 0), read_number("97,39", 2)
    (Decimal('1515.50'), Decimal('10413'), Decimal('97.39'))
    >>> read_number("1.234", 3) is None and read_number("1.5", 0) is None
    True
    """
    groups, marks = _SEPARATOR.split(text), _SEPARATOR.findall(text)
    if not all(map(str.isdecimal, groups)):
        return None
    if _are_thousands(groups, marks):
        ambiguous = len(marks) == 1 and marks[0] in _DECIMAL_MARKS and digits >= _THOUSANDS
        return None if ambiguous else Decimal("".join(groups))
    *whole, fraction = groups
    if not marks or marks[-1] not in _DECIMAL_MARKS or len(fraction) > digits:
        return None
    if marks[-1] in marks[:-1] or not _are_thousands(whole, marks[:-1]):
        return None
    return Decimal(f"{''.join(whole)}.{fraction}")


def _are_thousands(groups: list[str], marks: list[str]) -> bool:
    """Whether groups of digits make one whole number, with one kind of mark between them."""
    if len(groups) == 1:
        return True
    first, *middle, last = groups
    return (
        len(last) == _THOUSANDS
        and len(set(marks)) == 1
        and first[0] != "0"
        and len(first) <= _THOUSANDS
        and {len(group) for group in middle} in ({_THOUSANDS}, {_THOUSANDS - 1}, set())
    )
