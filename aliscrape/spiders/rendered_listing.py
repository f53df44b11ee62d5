"""Open a listing in the browser if a plain request gets no products: a script may draw it."""

from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from aliscrape.browser.finder import BrowserUnavailable
from aliscrape.browser.listing_page import RENDERED, ListingPageLoader
from aliscrape.browser.page import BrowserLost
from aliscrape.items import ProductItem
from aliscrape.outcome import Ending, Outcome, StopCrawl
from aliscrape.pages.blocks import BLOCKED_STATUSES
from aliscrape.pages.errors import BlockedPage, NoPayload, PageError
from aliscrape.site import Locale, Site


class RenderedListing:
    """Request pages of a listing with the browser, each address once.

    `parse` gets the response that has the products, and its page number. `fail` gets how the crawl
    ends and the page if it has none.
    """

    def __init__(
        self,
        site: Site,
        locale: Locale,
        parse: Callable[[Response, int], Iterator[ProductItem | Request]],
        fail: Callable[[Ending, bytes], Iterator[Request]],
    ) -> None:
        self.site = site
        self.locale = locale
        self.is_needed = False
        """Whether a page of this crawl was read with the browser: the next ones are, too."""
        self._parse = parse
        self._fail = fail

    def may_help(self, error: PageError, response: Response) -> bool:
        """Return whether a response may be a page that only a script draws."""
        is_whole_page = isinstance(response, HtmlResponse) and "partial" not in response.flags
        return isinstance(error, NoPayload) and is_whole_page and RENDERED not in response.flags

    def request(
        self, address: str, page_number: int, reason: str = "", plain: bytes = b""
    ) -> Request:
        """Return the request of a page.

        `plain` is the page that a plain request got, and `reason` why it is not enough.
        """
        loader = ListingPageLoader(address, self.site, self.locale)
        arguments = {"loader": loader, "page_number": page_number, "reason": reason, "plain": plain}
        return Request(
            address,
            callback=self.parse,
            errback=self.request_failed,
            cb_kwargs=arguments,
            meta=loader.request_meta,
            dont_filter=True,
        )

    async def parse(
        self,
        response: Response,
        loader: ListingPageLoader,
        page_number: int,
        reason: str,
        plain: bytes,
    ) -> AsyncIterator[ProductItem | Request]:
        """Yield what a page says, and close it whatever happens."""
        try:
            _check_status(response)
            rendered = await loader.result()
        except (PageError, TimeoutError, BrowserLost) as error:
            texts = [received.text.encode() for received in loader.received]
            body = texts[0] if texts else response.body or plain
            for request in self._fail(_ending(error, loader.url, reason), body):
                yield request
        else:
            self.is_needed = True
            if rendered.url != loader.url:
                response.meta["redirect_urls"] = [loader.url]
            rendered.request = response.request
            for parsed in self._parse(rendered, page_number):
                yield parsed
        finally:
            await loader.close()

    async def request_failed(self, failure: Failure) -> AsyncIterator[Request]:
        """Report a page that the browser did not receive."""
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]  # set by Scrapy
        loader = arguments["loader"]
        await loader.close()
        ending = _ending(failure.value, loader.url, arguments["reason"])
        for request in self._fail(ending, arguments["plain"]):
            yield request


def _check_status(response: Response) -> None:
    """Raise BlockedPage for an HTTP status by which the site refuses us."""
    if response.status in {*BLOCKED_STATUSES, HTTPStatus.TOO_MANY_REQUESTS}:
        raise BlockedPage(f"The site refuses {response.url} with HTTP status {response.status}.")


def _ending(error: BaseException | None, url: str, reason: str) -> Ending:
    """Return how a crawl ends if the browser has not found products at an address."""
    if isinstance(error, StopCrawl):
        return error.ending
    if isinstance(error, BlockedPage):
        return Outcome.BLOCKED, str(error)
    if isinstance(error, BrowserUnavailable):
        hint = f"A script may draw this page, so a browser may help ({error})."
        return Outcome.NOT_UNDERSTOOD, f"{reason} {hint}".lstrip()
    if isinstance(error, PageError | TimeoutError):
        found = f"The browser found no products at {url} either: {error}"
        return Outcome.NOT_UNDERSTOOD, f"{reason} {found.removesuffix('.')}.".lstrip()
    words = str(error).partition("\n")[0] or type(error).__name__
    return Outcome.PARTIAL, f"Could not load {url} in the browser: {words.removesuffix('.')}."
