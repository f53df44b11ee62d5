"""Waiting where the site asks to wait: 429 Too Many Requests and 503 Service Unavailable."""

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse

from aliscrape.outcomes import Outcome, Refusal
from aliscrape.pages.blocks import is_block_page

logger = logging.getLogger(__name__)

STATUSES: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
MOST_TRIES: Final = 3
LONGEST_PAUSE: Final = 300.0
"""Seconds. A site that wants a longer one is left alone until the next run."""
_STEP: Final = 0.25
"""Seconds between looks at whether the crawl was asked to stop."""


class PatienceMiddleware:
    """Waits as `Retry-After` says, else for a pause that doubles each time, and asks again."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.first_pause = crawler.settings.getfloat("RETRY_PAUSE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in STATUSES or request.meta.get("dont_retry"):
            return response
        if isinstance(response, TextResponse) and is_block_page(response.url, response.text):
            return response
        waited: int = request.meta.get("waited", 0)
        if waited >= MOST_TRIES:
            return response
        asked = retry_after(response, datetime.now(UTC))
        pause = self.first_pause * 2**waited if asked is None else asked
        if pause > LONGEST_PAUSE:
            reason = f"{request.url}: the site asks to wait {pause:.0f} seconds; run it again then."
            raise Refusal(Outcome.PARTIAL, reason)
        logger.warning("HTTP status %d: asking again in %.1f seconds.", response.status, pause)
        self.crawler.stats.inc_value("pauses")
        await self._wait(pause)
        again = request.replace(dont_filter=True)
        again.meta["waited"] = waited + 1
        return again

    async def _wait(self, pause: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + pause
        while loop.time() < end and self.crawler.crawling:
            await asyncio.sleep(min(_STEP, max(0.0, end - loop.time())))


def retry_after(response: Response, now: datetime) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or a date (RFC 9110, 10.2.3)."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
