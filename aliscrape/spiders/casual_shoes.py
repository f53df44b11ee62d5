"""The spider of the mission: Bags & Shoes > Men's Shoes > Casual Shoes."""

from collections.abc import Iterator
from typing import Final

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from aliscrape.outcome import Outcome
from aliscrape.pages.blocks import refusal
from aliscrape.pages.categories import CategoryLink, find_child, find_second_level
from aliscrape.spiders.category import CategorySpider, was_redirected_elsewhere
from aliscrape.spiders.failures import failed_request

FIRST_LEVEL: Final = ("Bags & Shoes", "Shoes")
"""The site has renamed its first level over the years; the earlier names are tried first."""
SECOND_LEVEL: Final = "Men's Shoes"
THIRD_LEVEL: Final = "Casual Shoes"

INDEX: Final = "/all-wholesale-products.html"
SEARCH_LISTING: Final = "/w/wholesale-men-casual-shoes.html"
"""The site's own search listing of the same shoes: the fallback."""


class CasualShoesSpider(CategorySpider):
    """Find the category by its names in the site's index, unless a `url` is given."""

    name = "casual_shoes"
    needs_url = False

    def first_request(self) -> Request:
        return Request(self.site.base + INDEX, self.parse_index, errback=self.index_failed)

    def parse_index(self, response: Response) -> Iterator[Request]:
        """Find the second level in the site's index of categories."""
        found = None
        if isinstance(response, TextResponse):
            found = find_second_level(response, FIRST_LEVEL, SECOND_LEVEL)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._category_not_found(response, SECOND_LEVEL)
            return
        names = {"names": found.names}
        yield Request(address, self.parse_second_level, errback=self.index_failed, cb_kwargs=names)

    def parse_second_level(self, response: Response, names: tuple[str, ...]) -> Iterator[Request]:
        """Find the category itself among the children of the second level."""
        found = None
        if isinstance(response, TextResponse) and not was_redirected_elsewhere(response):
            found = find_child(response, THIRD_LEVEL)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._category_not_found(response, THIRD_LEVEL)
            return
        self.run.category = self.arguments.category or " > ".join((*names, *found.names))
        yield self.first_page(address)

    def index_failed(self, failure: Failure) -> Iterator[Request]:
        """Use the search listing if a page of the index was not received."""
        outcome, reason = failed_request(failure)
        if outcome is Outcome.BLOCKED:
            self.run.report(outcome, reason)
        else:
            yield self._fallback_request(reason)

    def _address(self, found: CategoryLink | None, response: Response) -> str | None:
        return self.site.page_url(found.link, response.url) if found else None

    def _category_not_found(self, response: Response, name: str) -> Iterator[Request]:
        refused = isinstance(response, TextResponse) and refusal(response.url, response.text)
        if refused:
            self.run.report(Outcome.BLOCKED, refused)
        else:
            yield self._fallback_request(f"no {name!r} at {response.url}")

    def _fallback_request(self, reason: str) -> Request:
        words = "Category not found by name (%s). Using the search listing %s instead."
        self.logger.warning(words, reason, SEARCH_LISTING)
        return self.first_page(self.site.base + SEARCH_LISTING)
