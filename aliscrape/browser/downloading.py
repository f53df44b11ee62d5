"""HTTP as always, and visits by a browser, which the first visit imports and starts.

Scrapy makes a handler for each scheme; the browser is one for all of a crawl.
"""

import asyncio
import os
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from aliscrape.browser.finder import launch_options
from aliscrape.browser.guard import Guard

if TYPE_CHECKING:
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

NAVIGATION_SECONDS: Final = 15
RESTARTS: Final = 1
"""How often a browser that crashed is started again, for one page."""

_browsers: WeakKeyDictionary[Crawler, "ScrapyPlaywrightDownloadHandler"] = WeakKeyDictionary()


class VisitingDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler, but for requests that ask for a browser."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.crawler = crawler

    async def download_request(self, request: Request) -> Response:
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        browser = await _browser_of(self.crawler)
        response: Response = await browser.download_request(request)
        return response

    async def close(self) -> None:
        await super().close()
        browser = _browsers.pop(self.crawler, None)
        if browser is not None:
            await browser.close()


async def _browser_of(crawler: Crawler) -> "ScrapyPlaywrightDownloadHandler":
    """The browser of a crawl. Raises BrowserUnavailable."""
    if crawler not in _browsers:
        site = crawler.settings["SITE_URL"]
        options = await asyncio.to_thread(launch_options, site, os.environ)
        from scrapy_playwright.handler import (  # noqa: PLC0415  # half a second, for visits only
            ScrapyPlaywrightDownloadHandler,
        )

        browser = ScrapyPlaywrightDownloadHandler(crawler)
        browser.config.launch_options = options
        browser.config.navigation_timeout_ms = NAVIGATION_SECONDS * 1000
        browser.config.target_closed_max_retries = RESTARTS
        browser.abort_request = Guard(site)
        await browser._launch()  # noqa: SLF001  # it would at the engine's start, which is past
        _browsers[crawler] = browser
    return _browsers[crawler]
