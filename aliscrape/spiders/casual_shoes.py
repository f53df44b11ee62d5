"""The spider of the mission: Bags & Shoes > Men's Shoes > Casual Shoes."""

from collections.abc import Iterator
from typing import Final

from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from aliscrape.outcome import Ending, Outcome
from aliscrape.outcome.category import HALF, confirmed_share
from aliscrape.pages.blocks import refusal
from aliscrape.pages.categories import CategoryLink, find_child, find_second_level
from aliscrape.pages.listing.layouts import ListingPage
from aliscrape.site import category_id_of, listing_key
from aliscrape.spiders.category import CategorySpider, was_redirected_elsewhere
from aliscrape.spiders.failures import failed_request
from aliscrape.spiders.pagination import Pagination

FIRST_LEVEL: Final = ("Bags & Shoes", "Shoes")
"""The site has renamed its first level over the years; the earlier names are tried first."""
SECOND_LEVEL: Final = "Men's Shoes"
THIRD_LEVEL: Final = ("Casual Shoes", "Men's Casual Shoes")
SIBLING: Final = "Men's Casual Shoes"
"""In four stored category trees the category is beside Men's Shoes, not below it."""
CATEGORY: Final = "Bags & Shoes > Men's Shoes > Casual Shoes"

INDEX: Final = "/all-wholesale-products.html"
KNOWN_CATEGORY: Final = "/category/201531001/men-casual-shoes.html"
"""The first fallback: 32 of 60 cards of a sneaker search of 2024 name this category."""
SEARCH_LISTING: Final = "/w/wholesale-men-casual-shoes.html"
"""The last fallback: the site's own search listing of the same shoes."""


class CasualShoesSpider(CategorySpider):
    """Find the category by its names in the site's index, unless a `url` is given.

    If that fails, read the category by its probable id, then the search listing.
    """

    name = "casual_shoes"
    needs_url = False

    def __init__(self, settings: BaseSettings, **arguments: object) -> None:
        super().__init__(settings, **arguments)
        self.fallbacks = [] if self.arguments.url else [KNOWN_CATEGORY, SEARCH_LISTING]
        self.sibling: CategoryLink | None = None
        self.not_understood: Ending | None = None

    def first_requests(self) -> list[Request]:
        if self.arguments.url:
            return super().first_requests()
        return [Request(self.site.base + INDEX, self.parse_index, errback=self.index_failed)]

    def parse_index(self, response: Response) -> Iterator[Request]:
        """Find the second level in the site's index of categories."""
        found = None
        if isinstance(response, TextResponse):
            found = find_second_level(response, FIRST_LEVEL, SECOND_LEVEL)
            self.sibling = find_second_level(response, FIRST_LEVEL, SIBLING)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._not_found_in(response, f"no {SECOND_LEVEL!r} at {response.url}")
            return
        yield Request(
            address,
            callback=self.parse_second_level,
            errback=self.index_failed,
            cb_kwargs={"names": found.names},
        )

    def parse_second_level(self, response: Response, names: tuple[str, ...]) -> Iterator[Request]:
        """Find the category itself among the children of the second level."""
        found = None
        if isinstance(response, TextResponse) and not was_redirected_elsewhere(response):
            children = (find_child(response, name) for name in THIRD_LEVEL)
            found = next(filter(None, children), None)
        address = self._address(found, response)
        if found is None or address is None:
            yield from self._not_found_in(response, f"no {THIRD_LEVEL[0]!r} at {response.url}")
            return
        yield self._category_page(address, (*names, *found.names))

    def index_failed(self, failure: Failure) -> Iterator[Request]:
        """Go on without a page of the index that was not received."""
        yield from self._not_found(*failed_request(failure))

    def other_listing(self, ending: Ending) -> Request | None:
        """Return the request of the next fallback if the listing cannot be read.

        The listing that was found by name is only given up if it was not received. A page that was
        not understood is reported if no fallback can be read either.
        """
        outcome, reason = ending
        if outcome is Outcome.NOT_UNDERSTOOD:
            self.not_understood = self.not_understood or ending
        if not self.fallbacks and self.not_understood:
            self.run.report(*self.not_understood)
        is_found_by_name = KNOWN_CATEGORY in self.fallbacks
        is_received = outcome not in {Outcome.PARTIAL, Outcome.FORBIDDEN}
        if outcome is Outcome.BLOCKED or (is_found_by_name and is_received):
            return None
        return self._fallback_request(reason)

    def page_accepted(self, page: ListingPage) -> None:
        """Store the category of the first fallback only if its cards confirm it."""
        super().page_accepted(page)
        is_known_category = listing_key(self.run.listing or "") == listing_key(KNOWN_CATEGORY)
        if is_known_category and not self.arguments.url and self.pagination.pages == 1:
            is_confirmed = (confirmed_share(self.run) or 0) >= HALF
            self.run.category = self.arguments.category or (CATEGORY if is_confirmed else None)

    @property
    def category_id(self) -> str | None:
        is_search = listing_key(self.run.listing or "") == listing_key(SEARCH_LISTING)
        return category_id_of(KNOWN_CATEGORY) if is_search else super().category_id

    def next_request(self) -> Request | None:
        request = super().next_request()
        share = confirmed_share(self.run)
        if request is None and share is not None and share < HALF:
            self.logger.warning(
                "Only %.0f%% of the cards name the category %s as theirs. The listing %s may be "
                "of other products.",
                share * 100,
                self.category_id,
                self.run.listing,
            )
        return request

    def _category_page(self, address: str, names: tuple[str, ...]) -> Request:
        self.run.category = self.arguments.category or " > ".join(names)
        return self.first_page(address)

    def _address(self, found: CategoryLink | None, response: Response) -> str | None:
        return self.site.page_url(found.link, response.url) if found else None

    def _not_found_in(self, response: Response, reason: str) -> Iterator[Request]:
        """Go on after a page of the index that lacks the name, or stop at a block page."""
        refused = isinstance(response, TextResponse) and refusal(response.url, response.text)
        ending = (Outcome.BLOCKED, refused) if refused else (Outcome.PARTIAL, reason)
        yield from self._not_found(ending, response.body)

    def _not_found(self, ending: Ending, body: bytes) -> Iterator[Request]:
        outcome, reason = ending
        if outcome is not Outcome.BLOCKED and self.sibling is not None:
            address = self.site.page_url(self.sibling.link)
            names, self.sibling = self.sibling.names, None
            if address is not None:
                yield self._category_page(address, names)
                return
        self.run.count("pages/failed")
        self.keep_page(body)
        if outcome is Outcome.BLOCKED:
            self.run.report(outcome, reason)
            return
        request = self._fallback_request(reason)
        if request is not None:
            yield request

    def _fallback_request(self, reason: str) -> Request | None:
        if not self.fallbacks:
            return None
        listing = self.fallbacks.pop(0)
        self.logger.warning("Category not found by name (%s). Reading %s instead.", reason, listing)
        self.run.note = f"The category was not found by name, so the listing is {listing}."
        self.run.category = self.arguments.category
        self.pagination = Pagination(self.arguments, self.run.product_ids)
        return self.first_page(self.site.base + listing)
