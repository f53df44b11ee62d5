"""Read a product page in the browser."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aliscrape.browser.page import PageLoader
from aliscrape.items import Absence, ProductPageItem
from aliscrape.pages.errors import PageError
from aliscrape.pages.product.layouts import OtherProduct, ProductAbsent, read_page, read_reply
from aliscrape.site import NO_SUCH_PAGE, Locale, Site

if TYPE_CHECKING:
    from playwright.async_api import Response

QUERY: Final = "mtop.aliexpress.pdp.pc.query"
"""Part of the address at which the page's script requests the product."""


class ProductPageLoader(PageLoader[ProductPageItem]):
    """Load a product page: its HTML may carry the data, else a script requests them."""

    def __init__(self, url: str, ids: Collection[str], site: Site, locale: Locale) -> None:
        super().__init__(url, site, locale)
        self.ids = ids

    @property
    def text(self) -> str:
        """The page or reply that was read last."""
        return self.received[-1].text if self.received else ""

    def is_reply(self, response: "Response") -> bool:
        return QUERY in response.url

    async def wait_for_result(self) -> ProductPageItem:
        document = await self.document()
        embedded = read_page(*document, self.locale.region)
        address = urlsplit(document.url)
        if not self.site.has(document.url):
            raise PageError(f"it leads off the site, to {address.netloc}")
        if address.path.rstrip("/") == NO_SUCH_PAGE:
            raise ProductAbsent(Absence.GONE, f"The site has no page at {self.url}.")
        return embedded or await self._replied()

    async def _replied(self) -> ProductPageItem:
        while True:
            reply = await self.reply()
            try:
                item = read_reply(*reply, self.ids, self.locale.region)
            except OtherProduct as error:
                self.missing = error
            else:
                if item is not None:
                    return item
