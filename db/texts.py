r"""Decide which texts can be a title or a name: visible ones without control characters.

The rules are regular expressions without `\s` and `\w`, so that they mean the same in Python and in
the patterns of the API's specification, which are ECMAScript.
"""

import re
from typing import Final

CONTROLS: Final = r"\x00-\x1f\x7f-\x9f"
"""The control characters C0, DEL and C1."""

SPACES: Final = r"\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Unicode's White_Space besides control characters."""

IGNORABLE: Final = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
"""Unicode's Default_Ignorable_Code_Point up to U+FFFF (joiners, fillers), and blank Braille."""

MARKS: Final = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\ufe20-\ufe2f"
)
"""Marks that combine with the character before them: on their own they are no text."""

_BEYOND: Final = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""The rest of Default_Ignorable_Code_Point. ECMAScript's patterns cannot name these."""

VISIBLE: Final = rf"^[^{CONTROLS}]*[^{CONTROLS}{SPACES}{IGNORABLE}{MARKS}][^{CONTROLS}]*$"
"""A text with a visible character and without control characters."""

_CONTROL: Final = re.compile(f"[{CONTROLS}]")
_VISIBLE: Final = re.compile(f"[^{CONTROLS}{SPACES}{IGNORABLE}{MARKS}{_BEYOND}]")


def has_control_characters(text: str) -> bool:
    """Return whether a text has a control character, line breaks and tabs included."""
    return _CONTROL.search(text) is not None


def is_visible(text: str) -> bool:
    r"""Return whether a text has a visible character.

    >>> is_visible("\u200d"), is_visible(" \u0301"), is_visible("\u0928\u094d\u200d\u092f")
    (False, False, True)
    """
    return _VISIBLE.search(text) is not None
