"""Which pictures a page may load, and which it only links to.

A picture is loaded from the shop's hosts alone: one from elsewhere, which a person has set, would
tell a stranger's server who looks at the page. The Content-Security-Policy is made of the same
hosts.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from db.addresses import is_loopback, split_address

DOMAINS: Final = ("alicdn.com", "aliexpress-media.com", "aliexpress.com")
"""Of the shop's picture hosts."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is shown, one that is linked to, or none."""

    kind: Literal["shown", "elsewhere", "none"]
    url: str = ""


class PictureHosts:
    """The hosts that pictures are loaded from.

    These are the shop's, and the host of SITE_URL where that is on this machine (the mock shop).
    """

    def __init__(self, site_url: str) -> None:
        parts = urlsplit(site_url)
        self._own: Final = (
            f"{parts.scheme}://{parts.netloc}" if is_loopback(parts.hostname) else None
        )

    @property
    def sources(self) -> str:
        """The hosts as a Content-Security-Policy lists them."""
        own = [self._own] if self._own else []
        return " ".join([*(f"https://*.{domain}" for domain in DOMAINS), *own])

    def picture(self, image_url: str | None) -> Picture:
        """Return what a page shows for an image address."""
        parts = split_address(image_url) if image_url else None
        if parts is None or image_url is None:
            return Picture("none")
        host = parts.hostname or ""
        of_shop = (
            parts.scheme == "https"
            and parts.port in {None, 443}
            and host.endswith(tuple(f".{domain}" for domain in DOMAINS))
        )
        of_site = f"{parts.scheme}://{parts.netloc}" == self._own
        return Picture("shown" if of_shop or of_site else "elsewhere", image_url)


def shop_link(url: str | None) -> str | None:
    """Return an http or https address that a page may link to, else None."""
    return url if url and split_address(url) is not None else None
