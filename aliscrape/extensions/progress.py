"""A progress bar for people who watch a crawl in a terminal."""

import logging
import sys
from typing import Never, Self

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from tqdm import tqdm


class Progress:
    """Shows products, pages, pauses and the time left; without a terminal there is none."""

    def __init__(self, crawler: Crawler) -> None:
        if not sys.stderr.isatty() or crawler.settings["LOG_FILE"]:
            raise NotConfigured
        self.crawler = crawler
        self.bar: tqdm[Never] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        progress = cls(crawler)
        crawler.signals.connect(progress.open, signal=signals.spider_opened)
        crawler.signals.connect(progress.advance, signal=signals.item_scraped)
        crawler.signals.connect(progress.advance, signal=signals.item_dropped)
        crawler.signals.connect(progress.close, signal=signals.spider_closed)
        return progress

    def open(self, spider: Spider) -> None:
        arguments = getattr(spider, "arguments", None)
        goal = arguments and (arguments.new or arguments.limit)
        logging.root.handlers[:] = [
            _AboveTheBar(handler) if isinstance(handler, logging.StreamHandler) else handler
            for handler in logging.root.handlers
        ]
        self.bar = tqdm(total=goal, unit=" products", desc=spider.name)

    def advance(self) -> None:
        """Move the bar to the products gathered so far."""
        gathering = getattr(self.crawler.spider, "gathering", None)
        if self.bar is None or gathering is None:
            return
        stats = self.crawler.stats
        pages, pauses = stats.get_value("pages/listing", 0), stats.get_value("pauses", 0)
        self.bar.set_postfix(pages=pages, pauses=pauses, refresh=False)
        self.bar.update(gathering.gathered - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
        logging.root.handlers[:] = [
            handler.other if isinstance(handler, _AboveTheBar) else handler
            for handler in logging.root.handlers
        ]


class _AboveTheBar(logging.Handler):
    """Writes what a handler of the terminal would, above the bar and without breaking it."""

    def __init__(self, other: logging.Handler) -> None:
        super().__init__(other.level)
        self.other = other
        self.filters = other.filters

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.other.format(record), file=sys.stderr)
