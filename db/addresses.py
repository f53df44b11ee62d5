"""Web addresses as the catalog keeps them: absolute, and https wherever that is possible."""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

LONGEST: Final = 2000
"""What every browser takes."""


def is_loopback(host: str | None) -> bool:
    """Whether a host name is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def split_address(link: str, base: str = "") -> SplitResult | None:
    """The parts of an http(s) address with a host; None for any other or a malformed one."""
    link = link.strip()
    if not link.isprintable() or " " in link:
        return None
    try:
        parts = urlsplit(urljoin(base, link))
        parts.port  # noqa: B018  # raises where the port is no number
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    return parts if is_web else None


def secure_address(link: str, base: str = "https:") -> str | None:
    """The absolute address of a link as the catalog keeps it, or None when it is none.

    It is https, and http only on this machine, where `base` says so:

    >>> secure_address("//ae01.alicdn.com/kf/shoe.jpg")
    'https://ae01.alicdn.com/kf/shoe.jpg'
    >>> secure_address("//127.0.0.1:5050/kf/shoe.jpg", "http://127.0.0.1:5050")
    'http://127.0.0.1:5050/kf/shoe.jpg'
    """
    parts = split_address(link, base)
    if parts is None:
        return None
    address = urlunsplit(parts if is_loopback(parts.hostname) else parts._replace(scheme="https"))
    return address if len(address) <= LONGEST else None
