"""Set the headers that every request carries: who asks, and in which language."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from aliscrape.site import Locale


class RequestHeadersMiddleware:
    """Set User-Agent and Accept-Language, on redirected requests too."""

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
