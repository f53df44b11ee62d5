"""Obey robots.txt. If it cannot be read, make no requests (RFC 9309, section 2.3.1.4)."""

import logging
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.internet.error import ConnectError

from aliscrape.outcome import Outcome, StopCrawl

logger = logging.getLogger(__name__)

_NO_CONNECTION: Final = (CannotResolveHostError, DownloadConnectionRefusedError, ConnectError)
"""No address for the name, nothing listens, or no route: the host did not answer at all."""


class UnreadableRobots(StopCrawl):
    """A robots.txt cannot be read, so nothing is requested from its host."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, which also stops at a robots.txt that cannot be read.

    A client error (4xx) means that there are no rules. After a server error, 429, no answer, or
    an answer that is no robots.txt, the rules are unknown, and nothing is requested from the host.
    The host's Crawl-delay is respected.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.timeout = crawler.settings.getfloat("ROBOTSTXT_TIMEOUT")
        self._unreadable: dict[str, Exception] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]  # Scrapy's has a deprecated argument
        if request.meta.get("dont_obey_robotstxt"):  # the request of robots.txt itself
            request.meta.update(dont_retry=True, download_timeout=self.timeout)
        else:
            await super().process_request(request)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Turn a failed download of robots.txt into the reason to stop, which is not logged."""
        if not request.meta.get("dont_obey_robotstxt"):
            return
        if isinstance(exception, _NO_CONNECTION):
            host = request.url.removesuffix("/robots.txt")
            problem = f"Could not connect to {host} ({exception})."
            advice = "Check your network, then run the crawl again."
            raise UnreadableRobots(Outcome.PARTIAL, f"{problem} {advice}")
        raise _stop(f"Could not download {request.url} ({exception or type(exception).__name__})")

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        if rp is None:
            raise self._unreadable[urlsplit(request.url).netloc]
        agent = self._robotstxt_useragent or self._default_useragent
        if not rp.allowed(request.url, agent):
            raise StopCrawl(Outcome.FORBIDDEN, f"The site's robots.txt forbids {request.url}.")
        downloader, delay = self.crawler.engine.downloader, rp.crawl_delay(agent)
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if delay and slot is not None and delay > slot.delay:
            logger.info("robots.txt asks for %s seconds between requests.", delay)
            slot.delay = delay

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        is_busy = response.status == HTTPStatus.TOO_MANY_REQUESTS
        if is_busy or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _stop(f"{response.url} was answered with HTTP status {response.status}")
        if response.status != HTTPStatus.OK:  # a client error: there are no rules
            response = response.replace(body=b"")
        if response.body.lstrip()[:1] == b"<":
            raise _stop(f"{response.url} is a page and no robots.txt")
        if b"\0" in response.body:
            raise _stop(f"{response.url} is no text")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, UnreadableRobots):  # such as a redirect that is not followed
            exc = _stop(f"Could not download the robots.txt of {netloc} ({exc})")
        self._unreadable[netloc] = exc
        super()._robots_error(exc, netloc)


def _stop(problem: str) -> UnreadableRobots:
    reason = f"{problem}. Without its rules nothing is requested from the site."
    return UnreadableRobots(Outcome.FORBIDDEN, reason)
