"""Ask the site as a crawl would, for at most six pages, and store nothing."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from aliscrape.browser.page import PageLoader
from aliscrape.items import FACTS, ProductItem, ProductPageItem
from aliscrape.outcome import Ending, Outcome, StopCrawl
from aliscrape.outcome.category import confirmed_share
from aliscrape.pages.listing.layouts import ListingPage
from aliscrape.spiders.casual_shoes import CasualShoesSpider

MAX_PAGES: Final = 5
"""Besides robots.txt. Redirects are not counted."""
_PRODUCT_PAGE_FACTS: Final = ("store_name", "shipping_price", "star_rating", "units_sold")


@dataclass
class ReceivedPage:
    """A page that the site sent."""

    url: str
    status: int
    text: str


@dataclass
class ReceivedPages:
    """The pages of one run, in the order of their arrival, and the cookies that came with them."""

    pages: list[ReceivedPage] = field(default_factory=list)
    loaders: list[PageLoader[Any]] = field(default_factory=list)
    cookie_values: set[str] = field(default_factory=set)

    @property
    def robots_status(self) -> int | None:
        """The HTTP status of the site's robots.txt, or None if it did not come."""
        statuses = (page.status for page in self.pages if page.url.endswith("/robots.txt"))
        return next(statuses, None)

    def all(self) -> list[ReceivedPage]:
        """Return the pages, those that the browser received last."""
        rendered = [
            ReceivedPage(received.url, 200, received.text)
            for loader in self.loaders
            for received in loader.received
        ]
        return self.pages + rendered


class PageLimitMiddleware:
    """Stop after `MAX_PAGES` requests, and remember the responses."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.requests = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt") or request.meta.get("redirect_times"):
            return
        self.requests += 1
        if self.requests > MAX_PAGES:
            raise StopCrawl(Outcome.PARTIAL, "The check ended: it has loaded six pages.")

    def process_response(self, request: Request, response: Response) -> Response:
        spider = self.crawler.spider
        assert isinstance(spider, DoctorSpider)  # noqa: S101  # no other has this middleware
        loader = request.cb_kwargs.get("loader")
        if isinstance(loader, PageLoader):
            spider.received.loaders.append(loader)
        else:
            text = response.body.decode(errors="replace")
            spider.received.pages.append(ReceivedPage(response.url, response.status, text))
        return response


class CookieRecorderMiddleware:
    """Remember the values of the site's cookies, to remove them from the report."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:  # noqa: ARG002  # Scrapy's arguments
        spider = self.crawler.spider
        assert isinstance(spider, DoctorSpider)  # noqa: S101  # no other has this middleware
        for header in response.headers.getlist("Set-Cookie"):
            value = header.decode("latin-1").partition("=")[2].partition(";")[0].strip()
            parts = (part.rpartition("=")[2] for part in value.split("&"))
            spider.received.cookie_values |= {value, *parts}
        return response


class DoctorSpider(CasualShoesSpider):
    """Find and read the listing as `casual_shoes` does, then read one product page."""

    name = "doctor"

    def __init__(self, settings: BaseSettings, *, has_browser: bool, **arguments: object) -> None:
        super().__init__(settings, max_pages=1, **arguments)
        self.has_browser = has_browser
        self.received = ReceivedPages()
        self.listing_page: ListingPage | None = None
        self.listing_ending: Ending | None = None
        self.items: list[ProductItem] = []
        self.product_page: ProductPageItem | None = None
        self.product_id: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **arguments)
        crawler.signals.connect(spider.take, signal=signals.item_scraped)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        ours = {
            f"{__name__}.{PageLimitMiddleware.__name__}": 150,
            f"{__name__}.{CookieRecorderMiddleware.__name__}": 690,
        }
        middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
        settings.set("DOWNLOADER_MIDDLEWARES", middlewares | ours, "spider")
        extensions = settings.getdict("EXTENSIONS") | {"aliscrape.progress.Progress": None}
        settings.set("EXTENSIONS", extensions, "spider")

    def open_record(self) -> None:
        """Write no row: nothing is stored."""

    def page_accepted(self, page: ListingPage) -> None:
        super().page_accepted(page)
        self.listing_page = page

    def take(self, item: ProductItem) -> None:
        """Remember a product that came through the pipelines."""
        if isinstance(item, ProductPageItem):
            self.product_page = item
        else:
            self.items.append(item)

    def next_request(self) -> Request | None:
        """Return the request of a page that came without its products, then of one product page."""
        request, self.next_page = self.next_page, None
        if request is not None or self.listing_ending is not None:
            return request
        self.listing_ending = self.run.ending
        if self.run.outcome is not Outcome.DONE or not self.items or not self.has_browser:
            return None
        self.product_id = self.items[0].aliexpress_id or ""
        return self.product_pages.request(self.product_id)

    @property
    def listing_text(self) -> str:
        """What was found on the listing, as a sentence."""
        page, count = self.listing_page, len(self.items)
        if page is None or not count:
            return "It has no products."
        drawn = ", drawn by a script in the browser" if self.rendered.is_needed else ""
        facts = (
            f"{fact} {sum(getattr(item, fact) is not None for item in self.items) / count:.0%}"
            for fact in FACTS
        )
        share = confirmed_share(self.run)
        sentences = [
            f"{len(page.cards)} products at {self.run.listing} ({page.layout} layout{drawn}).",
            f"Of the first {count}: {', '.join(facts)}.",
            None if share is None else f"{share:.0%} of the cards name the category.",
            self.run.note,
        ]
        return " ".join(filter(None, sentences))

    @property
    def product_page_text(self) -> str | None:
        """What was found on the product page, or None if it could not be read."""
        page = self.product_page
        if page is None:
            return None
        if page.absence:
            return f"Product {self.product_id} is {page.absence}, as the site says."
        found = [fact for fact in _PRODUCT_PAGE_FACTS if getattr(page, fact) is not None]
        return f"The page of product {self.product_id} has {', '.join(found) or 'no facts'}."
