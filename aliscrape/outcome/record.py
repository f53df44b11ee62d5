"""The database record of a crawl: one row from its start to its end, whatever happens."""

import asyncio
import logging
import weakref
from typing import Final

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from aliscrape.items import ProductItem
from aliscrape.outcome.coverage import LAST_CRAWLS, coverage_of, fallen_facts
from aliscrape.outcome.outcomes import CRASHED, Ending, Outcome
from aliscrape.outcome.run import Run
from aliscrape.outcome.summary import counts_of
from aliscrape.site import Locale
from db.crawls import finish_crawl, last_coverages, start_crawl, unfinished_crawls
from db.database import close_database, open_database, take_crawl_lock
from db.engines.engine import CrawlLock
from db.errors import StorageError
from db.repeating import repeated

logger = logging.getLogger(__name__)

_LOGS_AS_INFO: Final = "scrapy.core.engine"
"""This logger reports exceptions while a request is scheduled with level INFO."""


class ExceptionWatcher(logging.Handler):
    """Report exceptions that Scrapy catches and only logs, as in signal handlers and exports."""

    def __init__(self, run: Run) -> None:
        super().__init__(logging.INFO)
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error and (record.levelno >= logging.ERROR or record.name == _LOGS_AS_INFO):
            self.run.report_exception(error)


class CrawlRecord:
    """Open the database, write the row of a crawl, and complete it with the outcome.

    A spider opens the record in `start`. `scrapy parse`, `shell` and `bench` start no crawl, so
    they neither create a database nor write to one.
    """

    def __init__(self, crawler: Crawler, spider_name: str, run: Run) -> None:
        self.crawler = crawler
        self.spider_name = spider_name
        self.run = run
        self.locale = str(Locale.of(crawler.settings))
        self._lock: CrawlLock | None = None
        self._written: Ending | None = None
        watcher = ExceptionWatcher(run)
        logging.root.addHandler(watcher)
        weakref.finalize(crawler, logging.root.removeHandler, watcher)
        crawler.signals.connect(self._count_failed_item, signal=signals.item_error)
        crawler.signals.connect(self._close, signal=signals.spider_closed)
        crawler.signals.connect(self._complete_last, signal=signals.engine_stopped)

    def open(self) -> None:
        """Write the row of a crawl that starts. Raises CloseSpider if the crawl must not start."""
        run = self.run
        try:
            open_database(self.crawler.settings["DATABASE_URL"])
            self._lock = take_crawl_lock(self.spider_name, run.target)
            if self._lock is None:
                run.report(Outcome.ALREADY_RUNNING, "Another crawl of this listing is running.")
                raise CloseSpider(run.outcome.words)
            self._finish_crashed()
            run.crawl_id = start_crawl(self.spider_name, run.target, locale=self.locale)
        except StorageError as error:
            run.report(Outcome.STORAGE_FAILED, str(error))
            raise CloseSpider(run.outcome.words) from error

    @repeated
    def keep_lock(self) -> None:
        """Make sure that no other crawl of this listing has begun. Raises StorageError."""
        if self._lock is not None:
            self._lock.renew()

    def check_coverage(self) -> None:
        """Report facts on far fewer products than in earlier crawls. Raises StorageError."""
        run = self.run
        if run.listing is None:
            return
        before = last_coverages(self.spider_name, run.listing, self.locale, LAST_CRAWLS)
        for words in fallen_facts(coverage_of(run), before, run.counts["coverage/products"]):
            run.report(Outcome.PARTIAL, f"The layout may have changed: {words}.")

    def complete(self) -> None:
        """Write the outcome into the row; write it again if it has changed since."""
        if self.run.crawl_id is None or self._written == self.run.ending:
            return
        try:
            self._write(self.run.crawl_id)
        except Exception as error:
            logger.exception("Could not complete the crawl's row")
            self.run.report(Outcome.STORAGE_FAILED, f"Could not complete the crawl's row: {error}")

    def _write(self, crawl_id: int) -> None:
        outcome, reason = self._written = self.run.ending
        columns = {
            "outcome": outcome.words,
            "reason": reason,
            "advice": outcome.advice,
            "listing": self.run.listing,
            "category": self.run.category,
            "coverage": coverage_of(self.run),
            "bytes": self.crawler.stats.get_value("downloader/response_bytes"),
        }
        finish_crawl(crawl_id, columns | counts_of(self.run))
        close_database()

    def _count_failed_item(self, item: ProductItem) -> None:
        self.run.count(f"{item.STATS_PREFIX}products/failed")

    def _close(self, reason: str) -> None:
        self.run.close(reason)
        self.run.publish(self.crawler.stats)

    async def _complete_last(self) -> None:
        """Complete the row after all other handlers, which may still fail, exports included."""
        await asyncio.sleep(0)
        self.run.is_closed = True
        self.complete()
        self.run.publish(self.crawler.stats)
        if self._lock is not None:
            self._lock.release()

    def _finish_crashed(self) -> None:
        """Mark crawls as crashed whose process was killed: nobody holds their lock, or we do."""
        for crawl in unfinished_crawls():
            is_own = (crawl.spider, crawl.target) == (self.spider_name, self.run.target)
            lock = None if is_own else take_crawl_lock(crawl.spider, crawl.target)
            if is_own or lock:
                finish_crawl(crawl.id, CRASHED)
            if lock:
                lock.release()
