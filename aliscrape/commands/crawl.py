"""`scrapy crawl` with the exit code of the crawl's outcome. Scrapy's own is always 0."""

import argparse
import logging

from scrapy.commands import crawl
from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.exceptions import UsageError

from aliscrape.arguments import ArgumentError
from aliscrape.notifications import Notifications
from aliscrape.outcome import Outcome
from aliscrape.outcome.summary import last_line, summary_table
from aliscrape.spiders.site_spider import SiteSpider

logger = logging.getLogger(__name__)

COULD_NOT_START = 1


class Command(crawl.Command):
    """Check settings and arguments, run the crawl, and print its summary."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        process, settings = self.crawler_process, self.settings
        assert process is not None  # noqa: S101  # Scrapy sets both before it runs a command
        assert settings is not None  # noqa: S101  # as above
        if len(args) != 1:
            raise UsageError("Give one spider, as in: scrapy crawl casual_shoes")
        spider_class = _load_spider(process, args[0])
        try:
            spider_class.check(settings, opts.spargs)
            notifications = Notifications.of(settings)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from error
        except ValueError as error:
            self._did_not_start(str(error))
            return
        crawler = self._create_crawler(spider_class)
        process.crawl(crawler, **opts.spargs)
        process.start()
        if process.bootstrap_failed:
            self._did_not_start("See the error above.")
            return
        self._conclude(crawler, notifications)

    def _did_not_start(self, reason: str) -> None:
        self.exitcode = COULD_NOT_START
        logger.error("Crawl could not start (exit code %d): %s", COULD_NOT_START, reason)

    def _conclude(self, crawler: Crawler, notifications: Notifications) -> None:
        """Send messages, print the summary and set the exit code."""
        spider = crawler.spider
        assert isinstance(spider, SiteSpider)  # noqa: S101  # it was loaded above
        run = spider.run
        if not run.is_closed:
            run.report(Outcome.INTERRUPTED, "The crawl was stopped at once.")
        spider.record.complete()
        notifications.send(spider.name, run)
        self.exitcode = run.outcome.exit_code
        level = logging.INFO if run.outcome is Outcome.DONE else logging.ERROR
        logger.info("Summary of the crawl:\n%s", summary_table(run))
        logger.log(level, last_line(run))


def _load_spider(process: CrawlerProcessBase, name: str) -> type[SiteSpider]:
    """Return the spider of that name. Raises UsageError."""
    names = sorted(process.spider_loader.list())
    if name in names:
        spider = process.spider_loader.load(name)
        if issubclass(spider, SiteSpider):
            return spider
    raise UsageError(
        f"There is no spider {name!r}; there are {', '.join(names)}.", print_help=False
    )
