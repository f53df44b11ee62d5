"""Set the headers that every request carries: who asks, in which language and currency."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from aliscrape.site import Locale


class RequestHeadersMiddleware:
    """Set User-Agent, Accept-Language and the one cookie that we send.

    The cookie is set on redirected requests too: Scrapy removes it when a redirect changes the
    host, and visitors from the US are redirected to another host.
    """

    def __init__(self, locale: Locale, user_agent: str, contact: str) -> None:
        self.locale = locale
        self.user_agent = f"{user_agent} (+{contact})" if contact else user_agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        settings = crawler.settings
        return cls(Locale.of(settings), settings["USER_AGENT"], settings["ALISCRAPE_CONTACT"])

    def process_request(self, request: Request) -> None:
        request.headers["User-Agent"] = self.user_agent
        request.headers["Accept-Language"] = self.locale.accept_language
        request.headers["Cookie"] = self.locale.cookie
