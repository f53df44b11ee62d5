"""Recognise the site's block ("punish") page and its login page.

Check this only for a response without a payload: good pages inline a library that names the
same errors, and may carry a URL-encoded punish address.
"""

import re
from http import HTTPStatus
from typing import Final

from aliscrape.pages.embedded import Json, dig

BLOCKED_STATUSES: Final = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS}
)
"""HTTP statuses by which a site refuses a visitor."""

PUNISH_PATH: Final = "/_____tmd_____/punish"
"""Stands unencoded in every block page seen: rendered, not yet rendered and script-only."""

_LOGIN: Final = re.compile(r"//(?:login|passport)\.|/(?:login|signin|passport)\b", re.IGNORECASE)
_BLOCK_CODES: Final = ("FAIL_SYS_USER_VALIDATE", "RGV587_ERROR")


def is_block_page(url: str, text: str) -> bool:
    """Return whether an HTML page without a payload is the block page, or is at its address."""
    return PUNISH_PATH in url or PUNISH_PATH in text


def is_login(url: str) -> bool:
    """Return whether an address is a login page of the site."""
    return _LOGIN.search(url) is not None


def is_block_reply(reply: Json) -> bool:
    """Return whether a JSON reply without a payload is a block: its `ret` has a block code."""
    ret = dig(reply, "ret")
    lines = ret if isinstance(ret, list) else [ret]
    return any(isinstance(line, str) and line.startswith(_BLOCK_CODES) for line in lines)
