"""robots.txt obeyed, and failing closed: where it cannot be read, nothing is asked (RFC 9309)."""

import logging
from http import HTTPStatus
from typing import Final, Self

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    NotConfigured,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from twisted.internet.error import ConnectError

from aliscrape.outcomes import Outcome, Refusal
from aliscrape.site import origin

logger = logging.getLogger(__name__)

_NO_CONNECTION: Final = (CannotResolveHostError, DownloadConnectionRefusedError, ConnectError)
"""No address for the name, nothing listens, or no route: the host did not answer at all."""


class RobotsMiddleware:
    """Asks each host for its robots.txt first, refuses what it forbids and keeps its pace.

    Client errors mean that there are no rules. A server's error, no answer, or an answer that is
    no robots.txt mean that the rules are not known: then the host is not asked for anything.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self.timeout = crawler.settings.getfloat("ROBOTSTXT_TIMEOUT")
        self._rules: dict[str, Protego | Refusal] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        host = origin(request.url)
        if host not in self._rules:
            self._rules[host] = await self._ask(host)
        rules = self._rules[host]
        if isinstance(rules, Refusal):
            raise rules
        self._keep_pace(request, rules)
        if not rules.can_fetch(request.url, self.agent):
            raise Refusal(Outcome.FORBIDDEN, f"The site's robots.txt forbids {request.url}.")

    async def _ask(self, host: str) -> Protego | Refusal:
        address = f"{host}/robots.txt"
        meta = {
            "dont_obey_robotstxt": True,
            "dont_retry": True,
            "download_timeout": self.timeout,
        }
        request = Request(address, meta=meta, callback=NO_CALLBACK, priority=1000)
        try:
            response = await self.crawler.engine.download_async(request)
        except _NO_CONNECTION as error:
            return Refusal(
                Outcome.PARTIAL,
                f"Could not connect to {host} ({error}). Check your network, then run the crawl "
                "again.",
            )
        except Exception as error:  # noqa: BLE001  # whatever it was, the rules are not known
            reason: str | None = f"could not be had ({str(error) or type(error).__name__})"
        else:
            reason = _why_unusable(response)
            if reason is None:
                return Protego.parse(_rules_text(response))
        return Refusal(
            Outcome.FORBIDDEN, f"{address} {reason}; without its rules the site is not asked."
        )

    def _keep_pace(self, request: Request, rules: Protego) -> None:
        wanted = rules.crawl_delay(self.agent)
        slots = self.crawler.engine.downloader.slots
        slot = slots.get(self.crawler.engine.downloader.get_slot_key(request))
        if wanted and slot is not None and wanted > slot.delay:
            logger.info("robots.txt asks for %s seconds between requests.", wanted)
            slot.delay = float(wanted)


def _why_unusable(response: Response) -> str | None:
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"was answered with HTTP status {response.status}"
    if response.status == HTTPStatus.OK and response.body.lstrip()[:1] == b"<":
        return "is a page and no robots.txt"
    if response.status == HTTPStatus.OK and b"\0" in response.body:
        return "is no text"
    return None


def _rules_text(response: Response) -> str:
    """The rules; with a client's error there are none."""
    if response.status != HTTPStatus.OK:
        return ""
    return response.body.decode("utf-8-sig", errors="replace")
