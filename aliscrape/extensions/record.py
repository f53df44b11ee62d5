"""The crawl's record: a row from its start to its end, whatever happens between."""

from pathlib import Path
from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from twisted.python.failure import Failure

from aliscrape.closing import counts
from aliscrape.coverage import LAST_CRAWLS, coverage_of, fallen_facts
from aliscrape.locks import CrawlLock
from aliscrape.outcomes import CRASHED, Outcome, report, verdict
from db.crawls import finish_crawl, last_coverages, start_crawl, unfinished_crawls
from db.database import StorageError, close_database, database_path, open_database


class CrawlRecord:
    """Opens the database, writes the crawl's row and completes it with the verdict."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.lock: CrawlLock | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        record = cls(crawler)
        crawler.signals.connect(record.open, signal=signals.spider_opened)
        crawler.signals.connect(record.failed, signal=signals.spider_error)
        crawler.signals.connect(record.failed, signal=signals.item_error)
        crawler.signals.connect(record.close, signal=signals.spider_closed)
        return record

    def open(self, spider: Spider) -> None:
        """Write the row before the first request; without a database there is none to make."""
        target = getattr(spider, "target", None)
        try:
            url = self.crawler.settings["DATABASE_URL"]
            open_database(url)
            self.lock = CrawlLock.take(database_path(url), spider.name, target)
            if self.lock is None:
                self._end(Outcome.ALREADY_RUNNING, "Another crawl of this listing is running.")
                raise CloseSpider("already running")
            _finish_crashed(database_path(url), spider.name, target)
            self.crawler.stats.set_value("crawl/id", start_crawl(spider.name, target))
        except (StorageError, OSError) as error:
            self._end(Outcome.STORAGE_FAILED, str(error))
            raise CloseSpider("storage failed") from error

    def failed(self, failure: Failure) -> None:
        """Report what nobody foresaw, in a callback or a pipeline."""
        self._end(
            Outcome.PARTIAL, f"An unexpected {type(failure.value).__name__}: {failure.value}."
        )

    def close(self, spider: Spider, reason: str) -> None:
        """Complete the row after the last product is stored."""
        if reason == "shutdown":
            self._end(Outcome.INTERRUPTED, "The crawl was asked to stop.")
        if reason == "closespider_timeout":
            self._end(Outcome.PARTIAL, "The crawl took longer than CLOSESPIDER_TIMEOUT allows.")
        try:
            self._complete(spider)
            close_database()
        except StorageError as error:
            self._end(Outcome.STORAGE_FAILED, str(error))
        if self.lock is not None:
            self.lock.release()

    def _complete(self, spider: Spider) -> None:
        stats = self.crawler.stats
        crawl, listing = stats.get_value("crawl/id"), getattr(spider, "listing", None)
        if crawl is None:
            return
        coverage = coverage_of(stats)
        if listing:
            before = last_coverages(spider.name, listing, Outcome.DONE.words, LAST_CRAWLS)
            for words in fallen_facts(coverage, before, counts(stats)["found"]):
                self._end(Outcome.PARTIAL, f"The layout may have changed: {words}.")
        outcome, why = verdict(stats)
        category = getattr(spider, "category", None)
        row = {"outcome": outcome.words, "reason": why, "listing": listing, "category": category}
        finish_crawl(crawl, {**row, "coverage": coverage, **counts(stats)})

    def _end(self, outcome: Outcome, reason: str) -> None:
        report(self.crawler.stats, outcome, reason)


def _finish_crashed(database: Path, spider: str, target: str | None) -> None:
    """Write into the rows of crawls that were killed what they could not write themselves.

    A row says that a crawl runs; where nobody holds that crawl's lock, it does not.
    """
    for crawl in unfinished_crawls():
        own = (crawl.spider, crawl.target) == (spider, target)
        lock = None if own else CrawlLock.take(database, crawl.spider, crawl.target)
        if own or lock:
            reason = "The crawl was killed; how far it came is not known."
            finish_crawl(crawl.id, {"outcome": CRASHED, "reason": reason})
        if lock:
            lock.release()
