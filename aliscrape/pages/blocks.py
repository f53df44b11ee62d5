"""Whether a page is the site's block ("punish") page.

Ask only of a page without a payload: good pages inline a library that names the same errors, and
may carry a URL-encoded punish address.
"""

import re
from typing import Final

from aliscrape.pages.embedded import Json, dig

PUNISH_PATH: Final = "/_____tmd_____/punish"
"""Stands unencoded in every block page seen, drawn, not yet drawn and script-only alike."""

_LOGIN: Final = re.compile(r"//(?:login|passport)\.|/(?:login|signin|passport)\b", re.IGNORECASE)
_REFUSALS: Final = ("FAIL_SYS_USER_VALIDATE", "RGV587_ERROR")


def is_block_page(url: str, text: str) -> bool:
    """Whether an HTML page without a payload is a block page, or its address is the block's."""
    return PUNISH_PATH in url or PUNISH_PATH in text


def is_login(url: str) -> bool:
    """Whether an address is where the site asks who we are."""
    return _LOGIN.search(url) is not None


def is_block_reply(reply: Json) -> bool:
    """Whether a JSON reply without a payload is a block: its `ret` names a refusal."""
    ret = dig(reply, "ret")
    lines = ret if isinstance(ret, list) else [ret]
    return any(isinstance(line, str) and line.startswith(_REFUSALS) for line in lines)
