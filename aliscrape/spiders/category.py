"""The general spider: the pages of one listing, from the top, until the run has what it wants."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import parse_qs, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure
from w3lib.url import add_or_replace_parameter

from aliscrape.arguments import ArgumentError, Arguments, is_count
from aliscrape.failed_pages import keep_page
from aliscrape.gathering import Gathering
from aliscrape.items import ProductItem
from aliscrape.outcomes import Ending, Outcome, Refusal, report
from aliscrape.pages.blocks import is_block_page
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.listing import ListingPage, read_listing
from aliscrape.site import Locale, Site
from aliscrape.spiders.visits import VisitingSpider
from aliscrape.visiting import max_age_of
from db.database import StorageError

REFUSALS: Final = frozenset({401, 403, 451})
"""HTTP statuses by which a site says no."""


class CategorySpider(VisitingSpider):
    """Reads the listing at `-a url=`: a category or search page and those that follow it."""

    name = "category"
    needs_url: ClassVar[bool] = True

    listing: str | None = None
    """The address of the listing that is read, once it is known."""

    def __init__(self, settings: BaseSettings, **given: str) -> None:
        super().__init__()
        self.site = Site.at(settings["SITE_URL"])
        self.locale = Locale.of(settings)
        self.max_age = max_age_of(settings)
        self.arguments = self.read_arguments(given, settings)
        self.category = self.arguments.category
        self.target = self.arguments.url
        self.allowed_domains = list(self.site.domains)
        self.gathering = Gathering(self.arguments)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *_args: Any, **given: Any) -> Self:
        spider = cls(crawler.settings, **given)
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.watch_for_idleness, signal=signals.spider_opened)
        return spider

    @classmethod
    def read_arguments(cls, given: Mapping[str, str], settings: BaseSettings) -> Arguments:
        """Check the arguments of a run. Raises ArgumentError."""
        arguments = Arguments.parse(given, Site.at(settings["SITE_URL"]))
        if cls.needs_url and arguments.url is None:
            raise ArgumentError(f"The {cls.name} spider needs -a url=, the listing to read.")
        return arguments

    async def start(self) -> AsyncIterator[Request]:
        if self.arguments.url:
            yield self.first_page(self.arguments.url)

    def first_page(self, listing: str) -> Request:
        """Ask for the first page of a listing: the one that its address names, else page 1."""
        self.listing = listing
        self.logger.info("Reading the listing %s", listing)
        return self._page_request(listing, _page_number(listing))

    def parse_listing(self, response: Response, number: int) -> Iterator[ProductItem | Request]:
        """Take what the run wants of a page, then ask for the next one or say why not."""
        try:
            page = read_listing(response, self.site)
            items = page.items()
        except PageError as error:
            self._keep(response)
            self.end(*ending_of(error, response))
            return
        self.crawler.stats.inc_value("pages/listing")
        ending = self.gathering.refuse(number, page.number, items)
        if ending is None:
            self._warn_of_other_currency(page)
            yield from self._take(items)
            ending = self.gathering.stop(number, page.number)
        if ending is not None:
            self.end(*ending)
            return
        address = add_or_replace_parameter(response.url, "page", str(number + 1))
        yield self._page_request(address, number + 1)

    def page_failed(self, failure: Failure) -> None:
        """Report why a page was not had."""
        self.end(*ending_of_failure(failure))

    def end(self, outcome: Outcome, reason: str) -> None:
        """Report how the crawl ends."""
        report(self.crawler.stats, outcome, reason)

    def _page_request(self, address: str, number: int) -> Request:
        return Request(
            address,
            callback=self.parse_listing,
            errback=self.page_failed,
            cb_kwargs={"number": number},
        )

    def _keep(self, response: Response) -> None:
        """Keep a page that failed, for whoever repairs its layout."""
        self.crawler.stats.inc_value("pages/failed")
        try:
            path = keep_page(response.body, Path(self.crawler.settings["FAILED_PAGES"]))
        except OSError as error:
            self.logger.warning("The page that failed could not be kept: %s.", error)
        else:
            self.logger.warning("The page that failed is kept in %s", path)

    def _take(self, items: list[ProductItem]) -> Iterator[ProductItem]:
        try:
            for item in self.gathering.take(items):
                item.category = self.category
                yield item
        except StorageError as error:
            self.end(Outcome.STORAGE_FAILED, str(error))

    def _warn_of_other_currency(self, page: ListingPage) -> None:
        if page.currency not in {None, self.locale.currency}:
            self.logger.warning(
                "The page is in %s, not in %s as asked; its prices are kept as they are.",
                page.currency,
                self.locale.currency,
            )


def ending_of(error: PageError, response: Response) -> Ending:
    """How a crawl ends that got a page it cannot use.

    An answer that ends without having said how long it is may have been cut short.
    """
    if isinstance(error, BlockedPage):
        return Outcome.BLOCKED, str(error)
    if "partial" in response.flags:
        return Outcome.PARTIAL, f"The answer to {response.url} seems cut short: {error}"
    return Outcome.NOT_UNDERSTOOD, str(error)


def ending_of_failure(failure: Failure) -> Ending:
    """How a crawl ends that did not get a page at all."""
    error, url = failure.value, failure.request.url  # type: ignore[attr-defined]  # set by Scrapy
    if isinstance(error, Refusal):
        return error.ending
    if not isinstance(error, HttpError):
        return Outcome.PARTIAL, f"{url} could not be had: {error or type(error).__name__}."
    response = error.response
    if isinstance(response, TextResponse) and is_block_page(response.url, response.text):
        return Outcome.BLOCKED, f"The site answered {url} with its block page."
    if response.status in REFUSALS:
        return Outcome.BLOCKED, f"The site refuses {url} with HTTP status {response.status}."
    return Outcome.PARTIAL, f"{url} was answered with HTTP status {response.status}."


def _page_number(address: str) -> int:
    """The page that a listing's address names by `?page=N`, else the first."""
    named = parse_qs(urlsplit(address).query).get("page", [""])[-1]
    return int(named) if is_count(named) else 1
