"""The spider of the mission: Bags & Shoes > Men's Shoes > Casual Shoes."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from scrapy import Request
from scrapy.http import Response, TextResponse
from twisted.python.failure import Failure

from aliscrape.outcomes import Outcome
from aliscrape.pages.blocks import is_block_page
from aliscrape.pages.categories import CategoryLink, find_child, find_second_level
from aliscrape.spiders.category import CategorySpider, ending_of_failure

FIRST_LEVEL: Final = ("Bags & Shoes", "Shoes")
"""The site has renamed its first level over the years; the earlier names are tried first."""
SECOND_LEVEL: Final = "Men's Shoes"
THIRD_LEVEL: Final = "Casual Shoes"

INDEX: Final = "/all-wholesale-products.html"
PUBLIC_LISTING: Final = "/w/wholesale-men-casual-shoes.html"
"""The search that the site offers for the same shoes, for when the way by name is closed."""


class CasualShoesSpider(CategorySpider):
    """Goes the way of the mission by the names of the categories, unless given a `url`."""

    name = "casual_shoes"
    needs_url = False

    async def start(self) -> AsyncIterator[Request]:
        if self.arguments.url:
            yield self.first_page(self.arguments.url)
        else:
            yield Request(
                self.site.base + INDEX, callback=self.parse_index, errback=self.way_failed
            )

    def parse_index(self, response: Response) -> Iterator[Request]:
        """Find the second level in the site's index of categories."""
        found = None
        if isinstance(response, TextResponse):
            found = find_second_level(response, FIRST_LEVEL, SECOND_LEVEL)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._without_way(response, f"no {SECOND_LEVEL!r} at {response.url}")
            return
        yield Request(
            address,
            callback=self.parse_second_level,
            errback=self.way_failed,
            cb_kwargs={"names": found.names},
        )

    def parse_second_level(self, response: Response, names: tuple[str, ...]) -> Iterator[Request]:
        """Find the category itself among the children of the second level."""
        found = None
        if isinstance(response, TextResponse):
            found = find_child(response, THIRD_LEVEL)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._without_way(response, f"no {THIRD_LEVEL!r} at {response.url}")
            return
        self.category = self.arguments.category or " > ".join((*names, *found.names))
        yield self.first_page(address)

    def way_failed(self, failure: Failure) -> Iterator[Request]:
        """Take the public listing where a page of the way is not to be had."""
        outcome, reason = ending_of_failure(failure)
        if outcome is Outcome.BLOCKED:
            self.end(outcome, reason)
            return
        yield self._public_listing(reason)

    def _address(self, found: CategoryLink | None, response: Response) -> str | None:
        return self.site.page_url(found.link, response.url) if found else None

    def _without_way(self, response: Response, reason: str) -> Iterator[Request]:
        if isinstance(response, TextResponse) and is_block_page(response.url, response.text):
            self.end(Outcome.BLOCKED, f"The site answered {response.url} with its block page.")
            return
        yield self._public_listing(reason)

    def _public_listing(self, reason: str) -> Request:
        self.logger.warning("The way by category names is closed (%s).", reason)
        return self.first_page(self.site.base + PUBLIC_LISTING)
