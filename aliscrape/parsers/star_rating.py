"""Star ratings: "4.8", "4.5★", "Star Rating: 4.5 out of 5"."""

import re
from decimal import Decimal
from typing import Final

from aliscrape.parsers.text import normalise

HIGHEST: Final = 5

_RATING: Final = re.compile(
    r"(?:star rating:\s?)?([0-5](?:[.,][0-9]{1,2})?)\s?(?:★|/\s?5|out of 5)?", re.IGNORECASE
)


def parse_star_rating(text: str | None) -> Decimal | None:
    """Return the stars out of five. Unrated is None, and so is 0: the lowest rating is one star.

    >>> parse_star_rating("Star Rating: 4.5 out of 5"), parse_star_rating("N/A")
    (Decimal('4.5'), None)
    >>> parse_star_rating("0.0") is None and parse_star_rating("5.1") is None
    True
    """
    match = _RATING.fullmatch(normalise(text))
    if match is None:
        return None
    rating = Decimal(match[1].replace(",", "."))
    return rating if 0 < rating <= HIGHEST else None
