"""How many were sold: "1,000+ sold", "+ 500 vendus", "Orders (105)", "1,000+ 点販売"."""

import re
from typing import Final

from aliscrape.parsers.languages import SOLD
from aliscrape.parsers.numbers import NUMBER, read_number
from aliscrape.parsers.text import normalise

MOST: Final = 10**12
"""A larger number is something else than a sold count."""

_MULTIPLIERS: Final = {
    word: factor
    for factor, words in (
        (10**3, "k mil mila tsd. tys. tys тыс. тыс тис. тис bin rb ribu 千 천 พัน"),
        (10**4, "万 萬 만 หมื่น"),
        (10**6, "m mln mio. млн"),
    )
    for word in words.split()
}
_DECIMALS_OF_MULTIPLES: Final = 3
"""1.25K is 1250, but 1.250K could be either: see `read_number`."""

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
    match = _COUNT.fullmatch(normalise(text).casefold())
    if match is None or not {match["before"], match["after"]} <= {*SOLD, ""}:
        return None
    multiplier = match["multiplier"]
    number = read_number(match["number"], _DECIMALS_OF_MULTIPLES if multiplier else 0)
    count = (number or 0) * _MULTIPLIERS.get(multiplier, 1)
    return None if number is None or count > MOST else int(count)


def is_shown_as(number: int, text: str | None) -> bool:
    """Return whether an exact count can be the one that a text shows. Unreadable texts show any.

    A rounded count ("1,000+ sold", "1.2K sold") is a lower bound. On 318 saved cards the exact one
    was less than twice as high; ten times is too much.

    >>> is_shown_as(1376, "1,000+ sold"), is_shown_as(5, "1,000+ sold"), is_shown_as(5, "4 sold")
    (True, False, False)
    """
    shown = parse_units_sold(text)
    if shown is None or shown == number:
        return True
    match = _COUNT.fullmatch(normalise(text).casefold())
    is_rounded = match is not None and ("+" in match[0] or match["multiplier"] is not None)
    return is_rounded and shown <= number < shown * 10
