"""Normalize web addresses: absolute, and https except on this machine."""

import ipaddress
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

LONGEST: Final = 2000
"""In characters: what every browser accepts."""


def is_loopback(host: str | None) -> bool:
    """Return whether a host name is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def split_address(link: str, base: str = "") -> SplitResult | None:
    """Return the parts of an http(s) address with a host, or None for anything else."""
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
    """Return the absolute address of a link, or None if it is not an http(s) address.

    It is https, except on this machine if `base` is http:

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
