"""Normalise text: white space folded, one form for each character."""

import re
import unicodedata
from typing import Final

from db.texts import IGNORABLE

LONGEST_PHRASE: Final = 200
"""Prices, sold counts and tags are short; anything longer is not one."""

_INVISIBLE: Final = re.compile(f"[{IGNORABLE}]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
"""Control characters but white space."""
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def fold_whitespace(text: str) -> str:
    r"""Return the text on one line with single spaces, without control characters and surrogates.

    >>> fold_whitespace(" Men's  shoes\n\x00 ")
    "Men's shoes"
    """
    if text.isprintable():
        return " ".join(text.split())
    storable = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub("", text))
    return " ".join(storable.split())


def normalise(text: str | None) -> str:
    r"""Return a phrase as the parsers match it (NFKC, white space folded); "" if it is none.

    NFKC turns the full-width signs of Asian pages and non-breaking spaces into ordinary ones.
    Invisible marks are removed:

    >>> normalise("\u200e\uffe51,234\u00a0+")
    '¥1,234 +'
    """
    if text is None or len(text) > LONGEST_PHRASE:
        return ""
    if text.isascii():
        return fold_whitespace(text)
    return fold_whitespace(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
