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
from aliscrape.site import origin

logger = logging.getLogger(__name__)

_NO_CONNECTION: Final = (CannotResolveHostError, DownloadConnectionRefusedError, ConnectError)
"""No address for the name, nothing listens, or no route: the host did not answer at all."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, which also stops at a robots.txt that cannot be read.

    A client error (4xx) means that there are no rules. After a server error, no answer, or an
    answer that is no robots.txt, the rules are unknown, and nothing is requested from the host.
    The host's Crawl-delay is respected.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.timeout = crawler.settings.getfloat("ROBOTSTXT_TIMEOUT")
        self._unreadable: dict[str, StopCrawl] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]  # Scrapy's has a deprecated argument
        if request.meta.get("dont_obey_robotstxt"):  # the request of robots.txt itself
            request.meta.setdefault("dont_retry", True)
            request.meta.setdefault("download_timeout", self.timeout)
            return
        await super().process_request(request)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Turn a failed download of robots.txt into the reason to stop, which is not logged."""
        if request.meta.get("dont_obey_robotstxt"):
            raise _stop_after(exception, request.url)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        unreadable = self._unreadable.get(urlsplit(request.url).netloc)
        if unreadable is not None:
            raise unreadable
        if rp is None:
            return
        agent = self._robotstxt_useragent or self._default_useragent
        if not rp.allowed(request.url, agent):
            raise StopCrawl(Outcome.FORBIDDEN, f"The site's robots.txt forbids {request.url}.")
        self._respect_crawl_delay(request, rp.crawl_delay(agent))

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        problem = _problem(response)
        if problem is not None:
            raise _stop(f"{response.url} {problem}")
        if response.status != HTTPStatus.OK:  # a client error: there are no rules
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unreadable[netloc] = (
            exc if isinstance(exc, StopCrawl) else _stop(f"The robots.txt of {netloc}: {exc}")
        )
        super()._robots_error(exc, netloc)

    def _respect_crawl_delay(self, request: Request, delay: float | None) -> None:
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if delay and slot is not None and delay > slot.delay:
            logger.info("robots.txt asks for %s seconds between requests.", delay)
            slot.delay = delay


def _problem(response: Response) -> str | None:
    """Return why a response is no robots.txt, or None."""
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"was answered with HTTP status {response.status}"
    if response.status == HTTPStatus.OK and response.body.lstrip()[:1] == b"<":
        return "is a page and no robots.txt"
    if response.status == HTTPStatus.OK and b"\0" in response.body:
        return "is no text"
    return None


def _stop_after(error: Exception, url: str) -> StopCrawl:
    if isinstance(error, _NO_CONNECTION):
        host = origin(url)
        return StopCrawl(
            Outcome.PARTIAL,
            f"Could not connect to {host} ({error}). Check your network, then run the crawl again.",
        )
    return _stop(f"Could not download {url} ({str(error) or type(error).__name__})")


def _stop(problem: str) -> StopCrawl:
    return StopCrawl(
        Outcome.FORBIDDEN, f"{problem}. Without its rules nothing is requested from the site."
    )
