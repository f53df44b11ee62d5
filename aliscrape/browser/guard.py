"""What a rendered page may load: what it needs, from public hosts."""

import asyncio
import ipaddress
import socket
from typing import Any, Final
from urllib.parse import urlsplit

from db.addresses import is_loopback

HEAVY: Final = frozenset({"image", "media", "font"})
"""Kinds of resources that tell nothing of a product."""


class Guard:
    """Decides for each request of a page whether it is aborted.

    Where the site is on this machine its pages may ask this machine; else nothing is asked of
    loopback or private addresses, whatever name leads there.
    """

    def __init__(self, site_url: str) -> None:
        self.at_home = is_loopback(urlsplit(site_url).hostname)
        self._public: dict[str, bool] = {}

    async def __call__(self, request: Any) -> bool:
        if request.resource_type in HEAVY:
            return True
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob", "about"}:
            return False
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return True
        if self.at_home:
            return not is_loopback(parts.hostname)
        if parts.hostname not in self._public:
            self._public[parts.hostname] = await _is_public(parts.hostname)
        return not self._public[parts.hostname]


async def _is_public(host: str) -> bool:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(address[4][0]).is_global for address in found)
