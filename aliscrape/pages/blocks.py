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
"""The path of the block page."""

_BLOCK_ADDRESS: Final = re.compile(rf"{PUNISH_PATH}|//sec\.aliexpress\.")
"""The second is the host of the block pages of earlier years."""
_BLOCK_SETTINGS: Final = re.compile(r"_config_\s*=\s*\{[^<]*?[\"']?(?:SECDATA|NCTOKENSTR)\b")
"""What the block page tells its captcha; on all block pages seen but the script-only one."""
_BLOCK_LINK: Final = re.compile(
    rf"{PUNISH_PATH}\?x5"
    rf"|(?:location|src|href|action|;\s*url)(?:\.\w+)?\s*[=(]\s*[\"']?[^\"'<>\s]*"
    rf"(?:{PUNISH_PATH}|//sec\.aliexpress\.)"
)
"""A link or jump to the block page, with the token of this visitor or without."""

_LOGIN: Final = re.compile(r"//(?:login|passport)\.|/(?:login|signin|passport)\b", re.IGNORECASE)
_LOGIN_PAGE: Final = re.compile(r"<title>[^<]*\b(?:log|sign) ?in\b|ug-login-page", re.IGNORECASE)
_LOGIN_FORM: Final = re.compile(
    r"type=[\"']?password|(?:location|action)(?:\.\w+)?\s*[=(]\s*[\"']?[^\"'<>\s]*//login\.",
    re.IGNORECASE,
)
_CLIENT_RENDERED: Final = re.compile(r"\bisCSR\b|\b_dida_config_\b|\bid=[\"']?root\b")
"""Marks of a page that a script fills. Its libraries link to the login and to the block page."""
_BLOCK_CODES: Final = ("FAIL_SYS_USER_VALIDATE", "RGV587_ERROR")


def refusal(url: str, text: str) -> str | None:
    """Return the sentence for an HTML page without a payload that is a block or login page."""
    is_shell = _CLIENT_RENDERED.search(text) is not None
    is_link = not is_shell and _BLOCK_LINK.search(text)
    if is_block_address(url) or _BLOCK_SETTINGS.search(text) or is_link:
        return f"The site answered {url} with its block page."
    is_form = not is_shell and _LOGIN_FORM.search(text)
    if is_login(url) or _LOGIN_PAGE.search(text) or is_form:
        return f"The site wants a login for {url}."
    return None


def is_block_address(url: str) -> bool:
    """Return whether an address is that of a block page."""
    return _BLOCK_ADDRESS.search(url) is not None


def is_login(url: str) -> bool:
    """Return whether an address is a login page of the site."""
    return _LOGIN.search(url) is not None


def statuses_of(reply: Json) -> list[str]:
    """Return the texts in a reply's `ret`, such as "SUCCESS::ok"."""
    ret = dig(reply, "ret")
    return [line for line in (ret if isinstance(ret, list) else [ret]) if isinstance(line, str)]


def is_block_reply(reply: Json) -> bool:
    """Return whether a JSON reply without a payload is a block: its `ret` has a block code."""
    return any(status.startswith(_BLOCK_CODES) for status in statuses_of(reply))
