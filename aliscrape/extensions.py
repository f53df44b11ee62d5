"""The crawl's record: a row from its start to its end, whatever happens between."""

from typing import Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from twisted.python.failure import Failure

from aliscrape.closing import counts
from aliscrape.outcomes import Outcome, report, verdict
from db.catalog import finish_crawl, start_crawl
from db.database import StorageError, close_database, open_database


class CrawlRecord:
    """Opens the database, writes the crawl's row and completes it with the verdict."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

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
        stats = self.crawler.stats
        try:
            open_database(self.crawler.settings["DATABASE_URL"])
            stats.set_value("crawl/id", start_crawl(spider.name))
        except StorageError as error:
            report(stats, Outcome.STORAGE_FAILED, str(error))
            raise CloseSpider("storage failed") from error

    def failed(self, failure: Failure) -> None:
        """Report what nobody foresaw, in a callback or a pipeline."""
        reason = f"An unexpected {type(failure.value).__name__}: {failure.value}."
        report(self.crawler.stats, Outcome.PARTIAL, reason)

    def close(self, spider: Spider, reason: str) -> None:
        """Complete the row after the last product is stored."""
        stats = self.crawler.stats
        if reason == "shutdown":
            report(stats, Outcome.INTERRUPTED, "The crawl was asked to stop.")
        crawl = stats.get_value("crawl/id")
        if crawl is None:
            return
        outcome, why = verdict(stats)
        try:
            finish_crawl(
                crawl,
                {
                    "outcome": outcome.words,
                    "reason": why,
                    "listing": getattr(spider, "listing", None),
                    "category": getattr(spider, "category", None),
                    **counts(stats),
                },
            )
            close_database()
        except StorageError as error:
            report(stats, Outcome.STORAGE_FAILED, str(error))
