"""Wait when the site asks for it: 429 Too Many Requests and 503 Service Unavailable."""

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response, TextResponse

from aliscrape.outcome import Outcome, StopCrawl
from aliscrape.pages.blocks import refusal

logger = logging.getLogger(__name__)

STATUSES: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
MAX_RETRIES: Final = 3
LONGEST_PAUSE: Final = 300.0
"""Seconds. If the site asks for a longer pause, the crawl ends."""
_STEP: Final = 0.25
"""Seconds between checks whether the crawl was asked to stop."""


class RetryAfterMiddleware:
    """Retry 429 and 503 responses after the Retry-After delay, or with exponential backoff."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.first_pause = crawler.settings.getfloat("RETRY_PAUSE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.pop("pause_first", False):  # the spider requests a page once more
            await self._wait(self.first_pause)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if response.status not in STATUSES or request.meta.get("dont_retry"):
            return response
        if isinstance(response, TextResponse) and refusal(response.url, response.text):
            return response
        pause = retry_after(response, datetime.now(UTC))
        if pause is None:
            pause = self.first_pause * 2 ** request.meta.get("retry_times", 0)
        if pause > LONGEST_PAUSE:
            reason = f"{request.url}: the site asks to wait {pause:.0f} seconds; run it again then."
            raise StopCrawl(Outcome.PARTIAL, reason)
        assert self.crawler.spider is not None  # noqa: S101  # it made the request
        status = f"HTTP status {response.status}"
        retry = get_retry_request(
            request, spider=self.crawler.spider, reason=status, max_retry_times=MAX_RETRIES
        )
        if retry is None:
            return response
        logger.warning("%s: retrying in %.1f seconds.", status, pause)
        await self._wait(pause)
        return retry

    async def _wait(self, pause: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + pause
        while loop.time() < end and self.crawler.crawling:
            await asyncio.sleep(min(_STEP, max(0.0, end - loop.time())))


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that `Retry-After` names, as a number or a date (RFC 9110, 10.2.3)."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())
