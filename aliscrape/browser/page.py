"""Load a page in the browser and collect the responses that it receives."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from aliscrape.pages.blocks import is_login, refusal
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.site import LOCALE_COOKIE, Locale, Site
from db.addresses import is_loopback

if TYPE_CHECKING:
    from playwright.async_api import Page, Response

TIMEOUT_SECONDS: Final = 15.0

Result = TypeVar("Result")


class BrowserLost(Exception):
    """The browser or its page has crashed or was closed while a page was loading."""


class Received(NamedTuple):
    """The address and the text of a response that was read."""

    url: str
    text: str


class PageLoader(ABC, Generic[Result]):
    """Collect the responses of one page, from before it is requested until it is closed.

    Its own context has no cookies but the locale cookie, and passes on those that the site sets.
    """

    def __init__(self, url: str, site: Site, locale: Locale) -> None:
        self.url = url
        self.site = site
        self.locale = locale
        self.page: Page | None = None
        self.received: list[Received] = []
        self._documents: asyncio.Queue[Response] = asyncio.Queue()
        self._replies: asyncio.Queue[Response] = asyncio.Queue()
        self._lost = asyncio.Event()
        self.missing: Exception = TimeoutError(f"no answer within {TIMEOUT_SECONDS:.0f} seconds")
        """What is raised if the page says nothing in time."""

    @property
    def request_meta(self) -> dict[str, Any]:
        """The meta of the request with which the browser opens the page."""
        return {
            "playwright": True,
            "playwright_context": self.url,
            "playwright_include_page": True,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_init_callback": self.prepare,
            "handle_httpstatus_all": True,
            "dont_retry": True,
            "dont_merge_cookies": True,
        }

    async def prepare(self, page: "Page", _request: object) -> None:
        """Set the locale cookie for the hosts of the site and its script, and start to listen.

        The browser calls this before the page requests anything.
        """
        self.page = page
        self._lost.clear()
        await page.context.add_cookies([self._cookie(domain) for domain in self.site.domains])
        page.on("response", self._receive)
        page.on("close", self._lose)
        page.on("crash", self._lose)

    async def close(self) -> None:
        """Close the page and its context, if they are still there."""
        if self.page is None:
            return
        with suppress(_playwright_error()):  # the browser has crashed
            await self.page.close()
        with suppress(_playwright_error()):
            await self.page.context.close()

    @abstractmethod
    def is_reply(self, response: "Response") -> bool:
        """Return whether a response is one that the page's script fills the page with."""

    @abstractmethod
    async def wait_for_result(self) -> Result:
        """Return what the page's own HTML or a reply to its script says. Raises PageError."""

    async def result(self) -> Result:
        """Return what the page says.

        Raises PageError, BrowserLost, and `missing` if it takes too long.
        """
        task = asyncio.create_task(self.wait_for_result())
        lost = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait(
                {task, lost}, timeout=TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if task.done():
                return task.result()
            if lost.done():
                raise BrowserLost("the browser has closed the page or crashed")
            raise self.missing
        finally:
            task.cancel()
            lost.cancel()

    async def document(self) -> Received:
        """Return the page's own HTML, in our locale. Raises BlockedPage for a login.

        The site may have replaced the locale cookie on the way. Then it is set again, and the
        page is loaded once more.
        """
        document = await self._next(self._documents)
        if refusal(*document) is None and await self._restore_locale():
            await self._reload()
            document = await self._next(self._documents)
        if is_login(document.url):
            raise BlockedPage(f"The site wants a login for {self.url}.")
        return document

    async def reply(self) -> Received:
        """Return the next response that `is_reply` accepts. Raises PageError if it is cut off."""
        return await self._next(self._replies)

    async def _next(self, queue: "asyncio.Queue[Response]") -> Received:
        response = await queue.get()
        received = Received(response.url, await _text(response))
        self.received.append(received)
        return received

    async def _reload(self) -> None:
        assert self.page is not None  # noqa: S101  # it has received a document
        try:
            await self.page.reload(wait_until="commit")
        except _playwright_error() as error:
            reason = str(error).partition("\n")[0]
            raise PageError(f"{self.url} could not be loaded again ({reason})") from error

    async def _restore_locale(self) -> bool:
        """Set our currency, region and language again, and return whether that was necessary."""
        assert self.page is not None  # noqa: S101  # it has received a document
        context = self.page.context
        changed = False
        for cookie in await context.cookies():
            value = self.locale.cookie_value(cookie.get("value", ""))
            if cookie.get("name") == LOCALE_COOKIE and value != cookie.get("value"):
                changed = True
                kept = {name: cookie.get(name) for name in ("name", "domain", "path", "expires")}
                await context.add_cookies([{**kept, "value": value}])  # type: ignore[typeddict-item]  # a cookie of the same form
        return changed

    def _lose(self, page: object) -> None:
        if page is self.page:  # not the page before, whose browser crashed
            self._lost.set()

    def _receive(self, response: "Response") -> None:
        if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:  # a redirect
            return
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            while not self._replies.empty():  # they belong to the document before
                self._replies.get_nowait()
            self._documents.put_nowait(response)
        elif self.is_reply(response):
            self._replies.put_nowait(response)

    def _cookie(self, domain: str) -> Any:
        scope = domain if is_loopback(domain) else f".{domain}"
        value = self.locale.cookie_value()
        return {"name": LOCALE_COOKIE, "value": value, "domain": scope, "path": "/"}


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
