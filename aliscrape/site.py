"""The site that is crawled: its addresses, and the locale in which we read it."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from scrapy.settings import BaseSettings

from db.addresses import secure_address, split_address
from db.currencies import minor_digits

ALIEXPRESS: Final = "https://www.aliexpress.com"
FAMILY: Final = ("aliexpress.com", "aliexpress.us")
"""Visitors from the US are redirected from the first to the second."""


NO_SUCH_PAGE: Final = "/s/error/404"
"""The site redirects to this path where it has no page."""
_HANDSHAKE_PATHS: Final = ("/sync_cookie_read.htm", "/sync_cookie_write.htm")


@dataclass(frozen=True, slots=True)
class Site:
    """AliExpress, or a stand-in for it, by its base address without a trailing slash."""

    base: str

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the site at a base address such as https://www.aliexpress.com.

        Raises ValueError for anything but scheme and host.
        """
        parts = split_address(url)
        if parts is None or parts[2:] not in {("", "", ""), ("/", "", "")}:
            raise ValueError(f"SITE_URL is {url!r}; it must be like {ALIEXPRESS}.")
        return cls(f"{parts.scheme}://{parts.netloc}")

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that requests may go to, their subdomains included."""
        host = urlsplit(self.base).hostname or ""
        return FAMILY if _within(host, FAMILY) else (host,)

    def has(self, url: str) -> bool:
        """Return whether an absolute address is an http(s) page of the site."""
        parts = split_address(url)
        return parts is not None and _within(parts.hostname, self.domains)

    def is_cookie_handshake(self, url: str) -> bool:
        """Return whether an address only passes cookies on and then leads back to the site.

        The site's hosts for logins have these two addresses; reported in 2023 to 2025.
        """
        parts = split_address(url)
        if parts is None or parts.path not in _HANDSHAKE_PATHS or not self.has(url):
            return False
        targets = parse_qs(parts.query).get("xman_goto", [])
        return bool(targets) and all(self.has(urljoin(url, target)) for target in targets)

    def product_url(self, aliexpress_id: str) -> str:
        """Return the address of the product page of a global id."""
        return f"{self.base}/item/{aliexpress_id}.html"

    def page_url(self, link: str, page: str = "") -> str | None:
        """Return the address on this site that a link of a page leads to, or None if it leads away.

        Links name the site's own hosts. They are followed on the host that we read.
        """
        parts = split_address(link, page or self.base)
        if parts is None or not _within(parts.hostname, (*FAMILY, *self.domains)):
            return None
        here = urlsplit(self.base)
        return urlunsplit((here.scheme, here.netloc, parts.path, parts.query, ""))

    def asset_url(self, link: str | None) -> str | None:
        """Return the absolute address of a picture: https, or like the site on this machine."""
        return secure_address(link, self.base) if link else None


def category_id_of(url: str) -> str | None:
    """Return the id in the address of a category's listing, or None for another address.

    >>> category_id_of("https://www.aliexpress.com/category/201531001/men-casual-shoes.html")
    '201531001'
    """
    found = re.search(r"/category/([0-9]+)", urlsplit(url).path)
    return found[1] if found else None


def listing_key(url: str) -> str:
    """Return what the addresses of one listing share: the id of the category, else the path."""
    return category_id_of(url) or urlsplit(url).path.rstrip("/").casefold()


def _within(host: str | None, domains: tuple[str, ...]) -> bool:
    return host is not None and any(f".{host}".endswith(f".{domain}") for domain in domains)


LOCALE_COOKIE: Final = "aep_usuc_f"
_REGION: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_LOCALE: Final = re.compile(r"[a-z]{2,3}_[A-Z]{2}", re.ASCII)
SITE_REGIONS: Final = {"GB": "UK"}
"""Countries that the site calls otherwise than ISO 3166."""


@dataclass(frozen=True, slots=True)
class Locale:
    """The currency, ship-to country and language in which the site shows its pages."""

    currency: str
    region: str
    language: str

    def __post_init__(self) -> None:
        try:
            minor_digits(self.currency)
        except ValueError as error:
            raise ValueError(f"ALIEXPRESS_CURRENCY: {error}") from error
        if not _REGION.fullmatch(self.region):
            raise ValueError(f"ALIEXPRESS_REGION is {self.region!r}; it must be like US.")
        if not _LOCALE.fullmatch(self.language):
            raise ValueError(f"ALIEXPRESS_LOCALE is {self.language!r}; it must be like en_US.")

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Return the locale of the settings. Raises ValueError, which names the wrong setting."""
        return cls(*(settings[f"ALIEXPRESS_{name}"] for name in ("CURRENCY", "REGION", "LOCALE")))

    def cookie_value(self, sent_by_site: str = "") -> str:
        """Return the value of the locale cookie. Without it all follows the visitor's IP address.

        What the site has put into its own cookie is kept, except for our three values.

        >>> Locale("EUR", "DE", "de_DE").cookie_value("site=usa&c_tp=USD&region=US")
        'site=usa&c_tp=EUR&region=DE&b_locale=de_DE'
        """
        kept = (part.partition("=") for part in sent_by_site.split("&") if part)
        parts = {name: value for name, _, value in kept}
        parts.setdefault("site", "glo")
        region = SITE_REGIONS.get(self.region, self.region)
        parts |= {"c_tp": self.currency, "region": region, "b_locale": self.language}
        return "&".join(f"{name}={value}" for name, value in parts.items())

    def __str__(self) -> str:
        """Return the locale as the rows of crawls have it.

        >>> str(Locale("EUR", "DE", "de_DE"))
        'DE EUR de_DE'
        """
        return f"{self.region} {self.currency} {self.language}"
