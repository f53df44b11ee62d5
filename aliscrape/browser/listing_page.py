"""Read a listing in the browser where only a script draws it."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy.http import HtmlResponse

from aliscrape.browser.page import PageLoader, Received
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.listing.layouts import read_listing

if TYPE_CHECKING:
    from playwright.async_api import Response

RENDERED: Final = "rendered"
"""The flag of a response that came from the browser."""
_SEARCH: Final = "search"
"""Part of the path at which the page's script requests the products (/fn/search-pc/index)."""


class ListingPageLoader(PageLoader[HtmlResponse]):
    """Load a listing: the HTML for a browser may carry the products, else a script requests them.

    Nothing is clicked, scrolled or posted by us.
    """

    def is_reply(self, response: "Response") -> bool:
        is_data = response.request.resource_type in {"xhr", "fetch"}
        return is_data and _SEARCH in urlsplit(response.url).path

    async def wait_for_result(self) -> HtmlResponse:
        """Return the response that has the products, under the address of the page."""
        document = await self.document()
        if not self.site.has(document.url):
            raise PageError(f"{self.url} leads off the site, to {document.url}.")
        try:
            return self._checked(document, document.url)
        except BlockedPage:
            raise
        except PageError:
            return await self._replied(document.url)

    async def _replied(self, address: str) -> HtmlResponse:
        while True:
            try:
                return self._checked(await self.reply(), address)
            except BlockedPage as error:
                self.missing = error
            except PageError:
                continue

    def _checked(self, received: Received, address: str) -> HtmlResponse:
        """Return a response if it has a listing. Raises PageError."""
        response = HtmlResponse(
            address, body=received.text.encode(), encoding="utf-8", flags=[RENDERED]
        )
        read_listing(response, self.site)
        return response
