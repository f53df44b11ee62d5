"""Base class of the spiders: one run on the site, recorded from its start to its end."""

from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.settings import BaseSettings

from aliscrape.browser.guard import Guard
from aliscrape.failed_pages import keep_failed_page
from aliscrape.logs import make_handlers_printable
from aliscrape.outcome import Outcome, Run
from aliscrape.outcome.record import CrawlRecord
from aliscrape.pipelines.store import StorePipeline
from aliscrape.site import Locale, Site
from db.errors import StorageError


class SiteSpider(Spider):
    """Base class of the spiders, which request one page at a time.

    Whenever Scrapy has nothing left to do, `on_idle` stores what was read and requests what comes
    next.
    """

    record: CrawlRecord
    run: Run

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__()
        self.site, self.locale = Site.at(settings["SITE_URL"]), Locale.of(settings)
        self.allowed_domains = list(self.site.domains)
        self.keep_page = partial(keep_failed_page, folder=Path(settings["FAILED_PAGES"]))
        self.is_started = False
        """Whether this is a crawl: `scrapy parse` and `shell` start none."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        spider = cls(crawler.settings, *args, **arguments)
        spider._set_crawler(crawler)
        spider.record = CrawlRecord(crawler, cls.name, spider.run)
        crawler.signals.connect(make_handlers_printable, signal=signals.spider_opened)
        crawler.signals.connect(spider.on_idle, signal=signals.spider_idle)
        return spider

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set what depends on other settings: the headers, and what a rendered page may load."""
        super().update_settings(settings)
        agent, contact = settings["USER_AGENT"], settings["ALISCRAPE_CONTACT"]
        headers = {"Accept-Language": Locale.of(settings).language.replace("_", "-")}
        ours = {
            "USER_AGENT": f"{agent} (+{contact})" if contact else agent,
            "DEFAULT_REQUEST_HEADERS": settings.getdict("DEFAULT_REQUEST_HEADERS") | headers,
            "PLAYWRIGHT_ABORT_REQUEST": Guard(settings["SITE_URL"]),
        }
        settings.setdict(ours, "cmdline")  # they include what the command line may have set

    @classmethod
    def check(cls, settings: BaseSettings, arguments: Mapping[str, object]) -> None:
        """Raise ArgumentError for arguments that cannot be used, ValueError for such settings."""
        cls(settings, **arguments).require_arguments()

    def require_arguments(self) -> None:
        """Raise ArgumentError if an argument is missing that only `scrapy parse` may omit."""

    async def start(self) -> AsyncIterator[Request]:
        """Open the crawl's record, then make the first request, if there is one."""
        self.require_arguments()
        self.open_record()
        self.is_started = True
        for request in self.first_requests():
            yield request

    def open_record(self) -> None:
        """Write the row of the crawl. Raises CloseSpider if the crawl must not start."""
        self.record.open()

    def first_requests(self) -> list[Request]:
        """Return the first requests. If there are none, the crawl begins with `next_request`."""
        return []

    def next_request(self) -> Request | None:
        """Return the next request, or None at the end of the crawl. Raises StorageError."""
        raise NotImplementedError

    def on_idle(self) -> None:
        """Store what was read, then make the next request or close the spider.

        Scrapy calls this when no request, response or item is in progress. So every product of a
        page is stored before another page is requested.
        """
        if not self.is_started:
            return
        try:
            self.record.keep_lock()
            store = self.crawler.get_item_pipeline(StorePipeline)
            if store is not None:
                store.write()
            request = self.next_request()
        except StorageError as error:
            self.run.report(Outcome.STORAGE_FAILED, str(error))
            request = None
        if request is None:
            raise CloseSpider(self.run.outcome.words)
        self.crawler.engine.crawl(request)
        raise DontCloseSpider
