"""The general spider: read the pages of one listing, from the top, until the goal is reached."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure
from w3lib.url import add_or_replace_parameter

from aliscrape.arguments import ArgumentError, Arguments, is_count
from aliscrape.items import ProductItem
from aliscrape.outcome import Ending, Outcome, Run
from aliscrape.outcome.category import count_category
from aliscrape.pages.errors import MissingCards, PageError
from aliscrape.pages.listing.layouts import ListingPage, PageInfo, read_listing
from aliscrape.site import category_id_of, listing_key
from aliscrape.spiders.failures import failed_request, unreadable_page
from aliscrape.spiders.pagination import Pagination
from aliscrape.spiders.product_page_results import ProductPageResults
from aliscrape.spiders.product_pages import ProductPageQueue, max_age
from aliscrape.spiders.rendered_listing import RenderedListing
from aliscrape.spiders.site_spider import SiteSpider


class CategorySpider(SiteSpider):
    """Read the listing at `-a url=`: a category or search page and the pages that follow it.

    Then read the pages of products one by one.
    """

    name = "category"
    needs_url = True

    def __init__(self, settings: BaseSettings, **arguments: object) -> None:
        super().__init__(settings)
        self.arguments = Arguments.parse(arguments, self.site)
        self.run = Run(self.arguments.url, self.arguments.category)
        self.pagination = Pagination(self.arguments, self.run.product_ids)
        results = ProductPageResults(self.run, self.keep_page)
        self.product_pages = ProductPageQueue(self.site, self.locale, max_age(settings), results)
        self.rendered = RenderedListing(
            self.site, self.locale, self.parse_listing, self.listing_failed
        )
        self.next_page: Request | None = None

    def require_arguments(self) -> None:
        if self.needs_url and self.arguments.url is None:
            raise ArgumentError(f"The {self.name} spider needs -a url=, the listing to read.")

    def first_requests(self) -> list[Request]:
        return [self.first_page(self.arguments.url or "")]

    def first_page(self, listing: str) -> Request:
        """Return the request of a listing's first page: the one in its address, else page 1."""
        self.run.listing = listing
        self.logger.info("Reading the listing %s", listing)
        return self._page_request(listing, page_number_of(listing))

    def parse_listing(
        self, response: Response, page_number: int | None = None
    ) -> Iterator[ProductItem | Request]:
        """Yield the products of a page that the crawl wants, and decide which page is next."""
        requested = page_number or page_number_of(response.url)
        try:
            page = read_listing(response, self.site)
            items = page.items()
        except PageError as error:
            if not isinstance(error, MissingCards) or not self._request_again(response):
                yield from self.page_unreadable(error, response, requested)
            return
        if not self.is_started:  # `scrapy parse`: no crawl, no goal
            yield from items
            return
        if not items and self.pagination.is_short(page.info) and self._request_again(response):
            return
        ending = self._leave_listing(response, page.info, requested)
        ending = ending or self.pagination.skip_reason(requested, page.info, items)
        if ending is not None and ending[0] is Outcome.EMPTY:
            other = self.other_listing(ending)
            if other is not None:
                yield other
                return
        if ending is None:
            self.page_accepted(page)
            for item in self.pagination.select(items):
                item.category = self.run.category
                yield item
            ending = self.pagination.stop_reason(requested)
        if ending is None:
            address = add_or_replace_parameter(response.url, "page", str(requested + 1))
            self.next_page = self._page_request(address, requested + 1)
        else:
            self.run.report(*ending)

    def _leave_listing(self, response: Response, info: PageInfo, requested: int) -> Ending | None:
        """Note which listing has answered; return why a later page of another one is not used."""
        self.run.count("pages/listing")
        is_elsewhere = was_redirected_elsewhere(response)
        if self.pagination.pages == 0:
            self.run.listing = response.url
            self.run.category = None if is_elsewhere else self.run.category
        elif is_elsewhere:
            reason = f"ended: page {requested} was redirected to {response.url}"
            return self.pagination.end(reason, info)
        return None

    def _request_again(self, response: Response) -> bool:
        """Request a page that came without its products once more; False if that was done."""
        request = response.request
        if not self.is_started or request is None or request.meta.get("is_second_try"):
            return False
        self.logger.warning("%s came without its products. Requesting it again.", response.url)
        meta = request.meta | {"is_second_try": True, "pause_first": True}
        self.next_page = request.replace(meta=meta, dont_filter=True)
        return True

    def page_accepted(self, page: ListingPage) -> None:
        """Check a page of the listing before its products are taken."""
        stated, requested = page.currency, self.locale.currency
        if stated not in {None, requested}:
            words = "The page is in %s, not in %s as requested. Its prices are kept as they are."
            self.logger.warning(words, stated, requested)
        if self.category_id is not None:
            count_category(self.run, self.category_id, page.category_ids)

    @property
    def category_id(self) -> str | None:
        """The id of the category that is read, or None if the listing is of no category."""
        return category_id_of(self.run.listing or "")

    def page_failed(self, failure: Failure) -> Iterator[Request]:
        """Report why a page was not received."""
        yield from self.listing_failed(*failed_request(failure))

    def page_unreadable(
        self, error: PageError, response: Response, page_number: int
    ) -> Iterator[Request]:
        """Open a page without products in the browser, or report why it cannot be used."""
        if self.is_started and self.rendered.may_help(error, response):
            self.logger.info("%s Opening it in the browser.", error)
            yield self.rendered.request(response.url, page_number, str(error), response.body)
        else:
            yield from self.listing_failed(unreadable_page(error, response), response.body)

    def listing_failed(self, ending: Ending, body: bytes) -> Iterator[Request]:
        """Keep a page that failed. Read another listing instead, or report the end of the crawl."""
        self.logger.warning("%s", ending[1])
        if self.is_started:
            self.run.count("pages/failed")
            self.keep_page(body)
        is_first_page = not self.run.counts["pages/listing"]
        request = self.other_listing(ending) if is_first_page else None
        if request is None:
            self.run.report(*ending)
        else:
            yield request

    def other_listing(self, _ending: Ending) -> Request | None:
        """Return the request of another listing to read if the first page failed, or None."""
        return None

    def next_request(self) -> Request | None:
        request, self.next_page = self.next_page, None
        if request is None and self.arguments.product_pages:
            request = self.product_pages.next_request()
        if request is None:
            self.record.check_coverage()
        return request

    def _page_request(self, url: str, page_number: int) -> Request:
        if self.rendered.is_needed:
            return self.rendered.request(url, page_number)
        arguments = {"page_number": page_number}
        return Request(url, self.parse_listing, errback=self.page_failed, cb_kwargs=arguments)


def was_redirected_elsewhere(response: Response) -> bool:
    """Return whether a redirect has led from one listing to another."""
    requested = response.meta.get("redirect_urls", [response.url])[0]
    return listing_key(requested) != listing_key(response.url)


def page_number_of(address: str) -> int:
    """Return the page number in a listing's address (`?page=N`), else 1."""
    named = parse_qs(urlsplit(address).query).get("page", [""])[-1]
    return int(named) if is_count(named) else 1
