"""Download over HTTP, or with a browser, which the first request that needs it starts.

Scrapy makes one handler for each scheme. All of a crawl share one browser.
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

if TYPE_CHECKING:
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

RESTARTS: Final = 1
"""How often a browser that crashed is started again for one page. There is no setting for it."""
_ENVIRONMENT: Final = ("ALISCRAPE_BROWSER", "ALISCRAPE_NO_SANDBOX")
"""Settings that decide which browser is started and how, besides the environment."""

_browsers: WeakKeyDictionary[Crawler, "ScrapyPlaywrightDownloadHandler"] = WeakKeyDictionary()


class BrowserDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's own handler, and scrapy-playwright's for requests that need a browser."""

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
    """Return the browser of a crawl, started at the first call. Raises BrowserUnavailable."""
    if crawler not in _browsers:
        environment = os.environ | {name: crawler.settings[name] for name in _ENVIRONMENT}
        site = crawler.settings["SITE_URL"]
        options = await asyncio.to_thread(launch_options, site, environment)
        from scrapy_playwright.handler import (  # noqa: PLC0415  # it takes half a second, for product pages only
            ScrapyPlaywrightDownloadHandler,
        )

        browser = ScrapyPlaywrightDownloadHandler(crawler)
        browser.config.launch_options = options
        browser.config.target_closed_max_retries = RESTARTS
        await browser._launch()  # noqa: SLF001  # normally at the engine's start, which is past
        _browsers[crawler] = browser
    return _browsers[crawler]
