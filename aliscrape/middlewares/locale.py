"""What every request to the site carries."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from aliscrape.site import Locale


class LocaleCookieMiddleware:
    """Sets the one cookie that fixes currency, ship-to country and language.

    On every request, redirected ones included: Scrapy takes the header off when a redirect
    changes the host, and US visitors are moved to another one.
    """

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Locale.of(crawler.settings))

    def process_request(self, request: Request) -> None:
        request.headers["Cookie"] = self.locale.cookie
