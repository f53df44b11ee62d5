"""Choose the layout of a product page, and recognise the responses that are no product."""

import re
from typing import Final

from aliscrape.items import ProductPageItem
from aliscrape.pages.blocks import is_block_page, is_block_reply
from aliscrape.pages.embedded import Json, assigned_objects, dig, read_json
from aliscrape.pages.errors import BlockedPage, PageError, UnknownLayout
from aliscrape.pages.product.layouts import EMBEDDED, read_result

_ASSIGNMENT: Final = re.compile(r"window\.runParams\s*=\s*\{\s*\"?data\"?\s*:\s*(?=\{)")
_JSONP: Final = re.compile(r"\s*[\w$.]+\((.*)\)\s*;?\s*", re.DOTALL)
_TOKEN_REFUSED: Final = "FAIL_SYS_TOKEN"  # noqa: S105  # what a reply says, no secret of ours
"""The first reply, which sets the token. The page's script then asks again by itself."""


class ProductGone(PageError):
    """The site answers that there is no such product, or that it is not sold to this country."""


def read_page(url: str, html: str) -> ProductPageItem | None:
    """Read a product page that embeds its data; return None for a shell that a script fills.

    Raises BlockedPage for the block page.
    """
    for data in assigned_objects(html, _ASSIGNMENT):
        for key, read in EMBEDDED:
            if key in data:
                return read(data)
    if is_block_page(url, html):
        raise BlockedPage(f"The site answered {url} with its block page.")
    return None


def read_reply(text: str) -> ProductPageItem | None:
    """Read a reply to the page's script; return None if the script will ask again.

    The reply is JSON, or a call with JSON (JSONP). Raises ProductGone, BlockedPage and
    UnknownLayout.
    """
    call = _JSONP.fullmatch(text)
    reply = read_json(call[1] if call else text)
    if is_block_reply(reply):
        raise BlockedPage("The site answered the page's script with a block.")
    status = _status(reply)
    if status.startswith(_TOKEN_REFUSED):
        return None
    result = dig(reply, "data", "result")
    if not status.startswith("SUCCESS") or not isinstance(result, dict):
        raise UnknownLayout(f"The reply to the page's script has status {status or 'none'!r}.")
    if set(result) <= {"GLOBAL_DATA"}:
        code = dig(result, "GLOBAL_DATA", "globalData", "errorCode") or dig(
            result, "GLOBAL_DATA", "errorCode"
        )
        raise ProductGone(f"The site has no such product here ({code}).")
    return read_result(result)


def _status(reply: Json) -> str:
    """Return the first entry of a reply's `ret`, such as "SUCCESS::ok"; "" if there is none."""
    ret = dig(reply, "ret")
    first = ret[0] if isinstance(ret, list) and ret else ret
    return first if isinstance(first, str) else ""
