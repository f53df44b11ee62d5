"""A progress bar for people who watch a crawl in a terminal."""

import logging
import sys
from contextlib import ExitStack
from typing import Never, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from aliscrape.spiders.category import CategorySpider


class Progress:
    """Show products, pages and the time left. Without a terminal there is no bar."""

    def __init__(self) -> None:
        self.bar: tqdm[Never] | None = None
        self._redirection = ExitStack()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        is_ours = isinstance(crawler.spider, CategorySpider)
        if not is_ours or not sys.stderr.isatty() or crawler.settings["LOG_FILE"]:
            raise NotConfigured
        progress = cls()
        crawler.signals.connect(progress.open, signal=signals.spider_opened)
        crawler.signals.connect(progress.advance, signal=signals.item_scraped)
        crawler.signals.connect(progress.advance, signal=signals.item_dropped)
        crawler.signals.connect(progress.close, signal=signals.spider_closed)
        return progress

    def open(self, spider: CategorySpider) -> None:
        """Show the bar, and write log lines above it."""
        consoles = [h for h in logging.root.handlers if isinstance(h, logging.StreamHandler)]
        self._redirection.enter_context(logging_redirect_tqdm())
        for console in consoles:  # tqdm copies everything but the level
            logging.root.handlers[-1].setLevel(console.level)
        self.bar = tqdm(total=spider.pagination.goal, unit=" products", desc=spider.name)

    def advance(self, spider: CategorySpider) -> None:
        """Move the bar to the products gathered so far."""
        if self.bar is None:
            return
        counts = spider.run.counts
        pages, product_pages = counts["pages/listing"], counts["product_pages/read"]
        self.bar.set_postfix(pages=pages, product_pages=product_pages, refresh=False)
        self.bar.update(spider.pagination.gathered - self.bar.n)

    def close(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.bar.close()
        self._redirection.close()
