"""Keep the site's cookies for one crawl, with our currency, region and language among them.

Visitors are sent through the login hosts to pass cookies between the site's regions
(`Site.is_cookie_handshake`). Without a cookie jar these redirects never end.
"""

from collections.abc import Iterable
from http.cookiejar import Cookie
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http.cookies import CookieJar

from aliscrape.site import LOCALE_COOKIE, Locale


class SiteCookiesMiddleware(CookiesMiddleware):
    """Scrapy's middleware, which also sets the locale cookie on every request.

    The jar is kept in memory only, so cookies are gone when the crawl ends.
    """

    def __init__(self, locale: Locale) -> None:
        super().__init__()
        self.locale = locale

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(Locale.of(crawler.settings))
        middleware.crawler = crawler
        return middleware

    def process_request(self, request: Request) -> None:  # type: ignore[override]  # Scrapy's has a deprecated argument
        """Set the Cookie header: the cookies for this address, and the locale cookie first."""
        if request.meta.get("dont_merge_cookies", False):
            return
        super().process_request(request)
        header = (request.headers.get("Cookie") or b"").decode("latin-1")
        pairs = [pair for pair in header.split("; ") if pair]
        prefix = f"{LOCALE_COOKIE}="
        found = next((pair for pair in pairs if pair.startswith(prefix)), "")
        others = [pair for pair in pairs if not pair.startswith(prefix)]
        value = self.locale.cookie_value(found.removeprefix(prefix))
        request.headers["Cookie"] = "; ".join([f"{prefix}{value}", *others])

    def _process_cookies(
        self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request
    ) -> None:
        """Add cookies that are for the host of the request.

        Scrapy's own method downloads a list of public suffixes, which is not on the site.
        """
        for cookie in cookies:
            jar.set_cookie_if_ok(cookie, request)
