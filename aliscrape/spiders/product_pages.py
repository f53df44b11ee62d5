"""Request the pages of products that the listing says too little about, one at a time."""

import re
from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from aliscrape.browser.finder import BrowserUnavailable
from aliscrape.browser.page import BrowserLost
from aliscrape.browser.product_page import ProductPageLoader
from aliscrape.items import Absence, ProductPageItem
from aliscrape.outcome import Outcome, StopCrawl
from aliscrape.pages.blocks import BLOCKED_STATUSES
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.product.layouts import ProductAbsent
from aliscrape.site import Locale, Site
from aliscrape.spiders.product_page_results import ProductPageResults
from db.catalog import ids_without_store_or_shipping

MAX_BLOCKS_IN_A_ROW: Final = 3
"""After so many blocked product pages the others are not requested."""
MAX_BROWSERS: Final = 2
"""A browser that crashes is started again once. If that one crashes too, no page is requested."""

if TYPE_CHECKING:
    from playwright.async_api import Page

_DAYS: Final = re.compile(r"[0-9]{1,4}")
_GOOD_OUTCOMES: Final = frozenset({Outcome.DONE, Outcome.PARTIAL})
"""How the listing may have ended for product pages to be read: the site has not refused us."""


def max_age(settings: BaseSettings) -> timedelta:
    """Return after what time a product page is read again. Raises ValueError."""
    days = str(settings["DETAILS_MAX_AGE_DAYS"])
    if not _DAYS.fullmatch(days):
        raise ValueError(f"DETAILS_MAX_AGE_DAYS is {days!r}; it must be a number from 0 to 9999.")
    return timedelta(days=int(days))


class ProductPageQueue:
    """The products of a crawl whose store name or shipping price nobody knows yet.

    The queue is filled when the listing is read and stored, from what the database lacks then.
    """

    def __init__(
        self, site: Site, locale: Locale, max_age: timedelta, results: ProductPageResults
    ) -> None:
        self.site, self.locale = site, locale
        self.max_age, self.results = max_age, results
        self.run, self.keep_page = results.run, results.keep_page
        self._waiting: deque[str] | None = None
        self.blocks_in_a_row = 0
        self._browsers: list[object] = []

    def next_request(self) -> Request | None:
        """Return the request of the next product page, or None. Raises StorageError."""
        if len(self._browsers) > 1:
            reason = "The browser crashed while it read product pages, and was started again."
            self.run.report(Outcome.PARTIAL, reason)
        if self.run.outcome not in _GOOD_OUTCOMES:
            return None
        if self._waiting is None:
            self._waiting = deque(self.wanted_ids())
        return self.request(self._waiting.popleft()) if self._waiting else None

    def wanted_ids(self) -> list[str]:
        """Return the products whose pages are to be read, in this order. Raises StorageError."""
        ids = self.run.product_ids
        wanted = ids_without_store_or_shipping(ids, datetime.now(UTC) - self.max_age)
        return [aliexpress_id for aliexpress_id in ids if aliexpress_id in wanted]

    def completed(self, item: ProductPageItem) -> ProductPageItem:
        """Return the item of a product page as the pipelines get it."""
        return item

    async def parse(
        self, response: Response, aliexpress_id: str, loader: ProductPageLoader
    ) -> AsyncIterator[ProductPageItem]:
        """Yield what a product page says, and close it whatever happens."""
        items: list[ProductPageItem] = []
        try:
            item = await _read(response, aliexpress_id, loader)
            items = self.results.add(self.completed(item), loader.text)
        except BlockedPage:
            self._keep(loader, response)
            self._page_blocked(aliexpress_id)
        except (PageError, TimeoutError) as error:
            self._keep(loader, response)
            self._page_failed(aliexpress_id, str(error))
        except BrowserLost as error:
            self._browser_lost(aliexpress_id, str(error))
        else:
            self.blocks_in_a_row = 0
            self.run.count(f"product_pages/{item.absence or 'read'}")
        finally:
            await loader.close()
        for item in [*items, *self._last_items()]:
            yield item

    async def request_failed(self, failure: Failure) -> AsyncIterator[ProductPageItem]:
        """Report a product page that was not received."""
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]  # set by Scrapy
        await arguments["loader"].close()
        error = failure.value
        if isinstance(error, BrowserUnavailable):
            self._skip_others(str(error))
        elif type(error).__name__ == "TargetClosedError":
            self._browser_lost(arguments["aliexpress_id"], "the browser has crashed")
        elif isinstance(error, StopCrawl):
            self._refused(arguments["aliexpress_id"], error)
        else:
            reason = str(error).partition("\n")[0] or type(error).__name__
            self._page_failed(arguments["aliexpress_id"], reason)
        for item in self._last_items():
            yield item

    def _last_items(self) -> list[ProductPageItem]:
        """Return the items that could not be stored before the last page of the queue was read."""
        return [] if self._waiting else self.results.close()

    def request(self, aliexpress_id: str) -> Request:
        """Return the request of a product page."""
        url = self.site.product_url(aliexpress_id)
        ids = {aliexpress_id, self.run.product_ids[aliexpress_id] or aliexpress_id}
        loader = ProductPageLoader(url, ids, self.site, self.locale)
        arguments = {"aliexpress_id": aliexpress_id, "loader": loader}
        opened = {"playwright_page_init_callback": partial(self._page_opened, loader)}
        meta = loader.request_meta | opened
        return Request(url, self.parse, errback=self.request_failed, cb_kwargs=arguments, meta=meta)

    async def _page_opened(self, loader: ProductPageLoader, page: "Page", request: object) -> None:
        """Prepare a browser page, and note which browser it belongs to."""
        if page.context.browser not in self._browsers:
            self._browsers.append(page.context.browser)
        await loader.prepare(page, request)

    def _keep(self, loader: ProductPageLoader, response: Response) -> None:
        """Keep the page and the last reply to its script."""
        texts = [received.text.encode() for received in loader.received] or [response.body]
        for text in texts[:1] + texts[1:][-1:]:
            self.keep_page(text)

    def _page_failed(self, aliexpress_id: str, reason: str) -> None:
        self.blocks_in_a_row = 0
        self.run.count("product_pages/failed")
        words = f"Could not read the page of product {aliexpress_id}: {reason.rstrip('.')}."
        self.run.report(Outcome.PARTIAL, words)

    def _page_blocked(self, aliexpress_id: str) -> None:
        self.blocks_in_a_row += 1
        self.run.count("product_pages/blocked")
        self.run.report(Outcome.PARTIAL, f"The site blocked the page of product {aliexpress_id}.")
        if self.blocks_in_a_row >= MAX_BLOCKS_IN_A_ROW:
            self._waiting = deque()

    def _refused(self, aliexpress_id: str, error: StopCrawl) -> None:
        """Report a request that is not made, such as one that robots.txt forbids."""
        self._page_failed(aliexpress_id, str(error))

    def _browser_lost(self, aliexpress_id: str, reason: str) -> None:
        if len(self._browsers) >= MAX_BROWSERS:
            self._skip_others("The browser crashed twice.")
        self._page_failed(aliexpress_id, reason)

    def _skip_others(self, reason: str) -> None:
        self._waiting = deque()
        self.run.report(Outcome.PARTIAL, f"Skipped the remaining product pages: {reason}")


async def _read(
    response: Response, aliexpress_id: str, loader: ProductPageLoader
) -> ProductPageItem:
    """Return the item of a product page. Raises PageError, TimeoutError and BrowserLost."""
    if not loader.site.has(response.url):  # whatever another host says of its own pages
        raise PageError(f"it leads off the site, to {urlsplit(response.url).netloc}")
    try:
        _check_status(response.status)
        item = await loader.result()
    except ProductAbsent as error:
        return ProductPageItem(aliexpress_id=aliexpress_id, absence=error.absence)
    if item.aliexpress_id not in loader.ids:
        raise PageError(f"it is the page of product {item.aliexpress_id or '(no id)'}")
    item.aliexpress_id = aliexpress_id
    return item


def _check_status(status: int) -> None:
    """Raise the PageError that an HTTP status means, if any."""
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise ProductAbsent(Absence.GONE, f"HTTP status {status}")
    if status in {*BLOCKED_STATUSES, HTTPStatus.TOO_MANY_REQUESTS}:
        raise BlockedPage(f"HTTP status {status}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PageError(f"HTTP status {status}")
