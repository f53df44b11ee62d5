"""Normalize web addresses: absolute, and https except on this machine."""

import ipaddress
import re
import string
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

LONGEST: Final = 2000
"""In characters: what every browser accepts."""

_LABEL: Final = r"[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?"
_NAME: Final = rf"{_LABEL}(\.{_LABEL})*"
_PORT: Final = r"([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
ADDRESS: Final = (
    rf"^(https://{_NAME}|https?://(localhost|127\.0\.0\.1|\[::1\]))(:{_PORT})?([/?#][!-~]*)?$"
)
"""Pattern of the addresses that `secure_address` returns, for the API's specification."""

_HOST: Final = re.compile(rf"{_NAME}|::1")
_PLAIN: Final = re.compile(
    r"(?:https:)?(//(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
    r"(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*)"
)
"""Addresses that need nothing but a scheme, as nearly all pictures have."""
_RESERVED: Final = string.punctuation
"""Characters that mean something in an address, or are escaped by whoever made it."""


@lru_cache(maxsize=100)
def is_loopback(host: str | None) -> bool:
    """Return whether a host name is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def split_address(link: str, base: str = "") -> SplitResult | None:
    """Return the parts of an http(s) address, or None for anything else.

    The host is a name, a number of IPv4 or `[::1]`. Names in other scripts are in Punycode.
    """
    link = link.strip()
    if not link.isprintable() or " " in link:
        return None
    try:
        parts = urlsplit(urljoin(base, link))
        parts.port  # noqa: B018  # raises where the port is no number
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.hostname or "")
    return parts if is_web and "@" not in parts.netloc else None


def secure_address(link: str, base: str = "https:") -> str | None:
    """Return the absolute address of a link, or None if it is not an http(s) address.

    It is https, except on this machine if `base` is http:

    >>> secure_address("//ae01.alicdn.com/kf/shoe.jpg")
    'https://ae01.alicdn.com/kf/shoe.jpg'
    >>> secure_address("//127.0.0.1:5050/kf/shoe.jpg", "http://127.0.0.1:5050")
    'http://127.0.0.1:5050/kf/shoe.jpg'

    Characters beyond ASCII are escaped, as browsers send them (RFC 3986):

    >>> secure_address("https://ae01.alicdn.com/kf/schön.jpg")
    'https://ae01.alicdn.com/kf/sch%C3%B6n.jpg'
    """
    plain = _PLAIN.fullmatch(link)
    address = f"https:{plain[1]}" if plain else _any_address(link, base)
    return address if address and len(address) <= LONGEST else None


def _any_address(link: str, base: str) -> str | None:
    parts = split_address(link, base)
    if parts is None:
        return None
    if not is_loopback(parts.hostname):
        parts = parts._replace(scheme="https")
    return quote(urlunsplit(parts), safe=_RESERVED)
