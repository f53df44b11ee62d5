"""One visit of a product page: what its browser page receives while it is drawn."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aliscrape.pages.blocks import is_login
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.product import ProductFacts, read_page, read_reply
from aliscrape.site import Locale, Site, origin
from db.addresses import is_loopback

if TYPE_CHECKING:
    from playwright.async_api import Page, Response

QUERY: Final = "mtop.aliexpress.pdp.pc.query"
"""Stands in the address by which the page's script asks for the product."""
PATIENCE_SECONDS: Final = 15.0


class BrowserLost(Exception):
    """The browser or its page has gone away in the middle of a visit."""


class Visit:
    """Listens to the answers a page gets, from before it is asked for until it is closed."""

    def __init__(self, url: str, site: Site, locale: Locale) -> None:
        self.url = url
        self.site = site
        self.locale = locale
        self.page: Page | None = None
        self._document: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._replies: asyncio.Queue[Response] = asyncio.Queue()
        self._lost = asyncio.Event()

    async def prepare(self, page: "Page", _request: Any) -> None:
        """Set the locale cookie for the site's hosts, its script's host included, and listen."""
        self.page = page
        self._lost.clear()
        await page.context.add_cookies([self._cookie(domain) for domain in self.site.domains])
        page.on("response", self._receive)
        page.on("close", self._lose)
        page.on("crash", self._lose)

    async def facts(self) -> ProductFacts:
        """The facts of the product, from the page's own HTML or the reply to its script.

        Raises PageError, TimeoutError when neither has come in time, and BrowserLost.
        """
        reading = asyncio.create_task(self._read())
        lost = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait(
                {reading, lost}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if reading.done():
                return reading.result()
            if lost.done():
                raise BrowserLost("the browser has closed the page or crashed")
            raise TimeoutError(f"no answer within {PATIENCE_SECONDS:.0f} seconds")
        finally:
            reading.cancel()
            lost.cancel()

    async def close(self) -> None:
        """Close the page and its context, whatever has become of them."""
        if self.page is None:
            return
        with suppress(_playwright_error()):  # they are gone already where the browser has crashed
            await self.page.close()
        with suppress(_playwright_error()):
            await self.page.context.close()

    async def _read(self) -> ProductFacts:
        document = await self._document
        if is_login(document.url):
            raise BlockedPage(f"The site wants a login for {self.url}.")
        own = read_page(document.url, await _text(document))
        if not self.site.has(document.url):
            raise PageError(f"it leads off the site, to {origin(document.url)}")
        return own or await self._reply()

    def _lose(self, page: object) -> None:
        if page is self.page:  # and not the one before, whose browser crashed
            self._lost.set()

    async def _reply(self) -> ProductFacts:
        while True:
            facts = read_reply(await _text(await self._replies.get()))
            if facts is not None:
                return facts

    def _receive(self, response: "Response") -> None:
        if _is_redirect(response.status):
            return
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            if not self._document.done():
                self._document.set_result(response)
        elif QUERY in response.url:
            self._replies.put_nowait(response)

    def _cookie(self, domain: str) -> Any:
        name, _, value = self.locale.cookie.partition("=")
        covered = domain if is_loopback(domain) else f".{domain}"
        return {"name": name, "value": value, "domain": covered, "path": "/"}


async def _text(response: "Response") -> str:
    """The body of an answer. Raises PageError where it did not come whole, or is no text."""
    try:
        return await response.text()
    except (_playwright_error(), UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise PageError(f"the answer of {response.url} cannot be read ({reason})") from error


def _playwright_error() -> type[Exception]:
    from playwright.async_api import Error  # noqa: PLC0415  # loaded by the first visit only

    return Error


def _is_redirect(status: int) -> bool:
    return HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
