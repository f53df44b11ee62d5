"""Load a product page in the browser and collect the responses that it receives."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aliscrape.items import ProductPageItem
from aliscrape.pages.blocks import is_login
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.product import OtherProduct, read_page, read_reply
from aliscrape.site import Locale, Site, origin
from db.addresses import is_loopback

if TYPE_CHECKING:
    from playwright.async_api import Page, Response

QUERY: Final = "mtop.aliexpress.pdp.pc.query"
"""Part of the address at which the page's script requests the product."""
TIMEOUT_SECONDS: Final = 15.0


class BrowserLost(Exception):
    """The browser or its page has crashed or was closed while a product page was loading."""


class ProductPageLoader:
    """Collect the responses of one product page, from before it is requested until it is closed."""

    def __init__(self, url: str, ids: Collection[str], site: Site, locale: Locale) -> None:
        self.url = url
        self.ids = ids
        self.text = ""
        """The page or reply that was read last."""
        self.site = site
        self.locale = locale
        self.page: Page | None = None
        self._document: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._replies: asyncio.Queue[Response] = asyncio.Queue()
        self._lost = asyncio.Event()
        self._missing: Exception = TimeoutError(f"no answer within {TIMEOUT_SECONDS:.0f} seconds")

    async def prepare(self, page: "Page") -> None:
        """Set the locale cookie for the hosts of the site and its script, and start to listen."""
        self.page = page
        self._lost.clear()
        await page.context.add_cookies([self._cookie(domain) for domain in self.site.domains])
        page.on("response", self._receive)
        page.on("close", self._lose)
        page.on("crash", self._lose)

    async def item(self) -> ProductPageItem:
        """Return what the page's own HTML or the reply to its script says.

        Raises PageError, BrowserLost, and TimeoutError when neither has come in time.
        """
        reading = asyncio.create_task(self._read())
        lost = asyncio.create_task(self._lost.wait())
        tasks = {reading, lost}
        try:
            await asyncio.wait(tasks, timeout=TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            if lost.done():
                raise BrowserLost("the browser has closed the page or crashed")
            raise self._missing
        finally:
            for task in tasks:
                task.cancel()

    async def close(self) -> None:
        """Close the page and its context, if they are still there."""
        if self.page is None:
            return
        with suppress(_playwright_error()):  # the browser has crashed
            await self.page.close()
        with suppress(_playwright_error()):
            await self.page.context.close()

    async def _read(self) -> ProductPageItem:
        document = await self._document
        if is_login(document.url):
            raise BlockedPage(f"The site wants a login for {self.url}.")
        self.text = await _text(document)
        embedded = read_page(document.url, self.text, self.locale.region)
        if not self.site.has(document.url):
            raise PageError(f"it leads off the site, to {origin(document.url)}")
        return embedded or await self._reply()

    def _lose(self, page: object) -> None:
        if page is self.page:  # not the page before, whose browser crashed
            self._lost.set()

    async def _reply(self) -> ProductPageItem:
        while True:
            response = await self._replies.get()
            self.text = await _text(response)
            try:
                item = read_reply(response.url, self.text, self.ids, self.locale.region)
            except OtherProduct as error:
                self._missing = error
            else:
                if item is not None:
                    return item

    def _receive(self, response: "Response") -> None:
        if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:  # a redirect
            return
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            if not self._document.done():
                self._document.set_result(response)
        elif QUERY in response.url:
            self._replies.put_nowait(response)

    def _cookie(self, domain: str) -> Any:
        name, _, value = self.locale.cookie.partition("=")
        scope = domain if is_loopback(domain) else f".{domain}"
        return {"name": name, "value": value, "domain": scope, "path": "/"}


async def _text(response: "Response") -> str:
    """Return the body of a response. Raises PageError if it is truncated or no text."""
    try:
        return await response.text()
    except (_playwright_error(), UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise PageError(f"the response from {response.url} cannot be read ({reason})") from error


def _playwright_error() -> type[Exception]:
    from playwright.async_api import Error  # noqa: PLC0415  # loaded with the first page only

    return Error
