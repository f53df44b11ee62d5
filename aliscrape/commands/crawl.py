"""`scrapy crawl` with an honest exit code: Scrapy's own says 0 whatever happens."""

import argparse
import logging

from scrapy import Spider
from scrapy.commands import crawl
from scrapy.crawler import CrawlerProcessBase
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from aliscrape.arguments import ArgumentError
from aliscrape.closing import closing_line, closing_table
from aliscrape.logs import make_handlers_printable
from aliscrape.outcomes import Outcome, report, verdict
from aliscrape.site import Locale, Site
from aliscrape.spiders.category import CategorySpider
from aliscrape.visiting import max_age_of

logger = logging.getLogger(__name__)

COULD_NOT_START = 1


class Command(crawl.Command):
    """Checks everything that was given, runs the crawl, and ends with the verdict in words."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        process, settings = self.crawler_process, self.settings
        assert process is not None  # noqa: S101  # Scrapy sets both before it runs a command
        assert settings is not None  # noqa: S101  # as above
        if len(args) != 1:
            raise UsageError("Give one spider, as in: scrapy crawl casual_shoes")
        try:
            Site.at(settings["SITE_URL"])
            Locale.of(settings)
            max_age_of(settings)
        except ValueError as error:
            self._did_not_start(str(error))
            return
        crawler = self._create_crawler(_spider(process, args[0], opts.spargs, settings))
        make_handlers_printable()
        process.crawl(crawler, **opts.spargs)
        process.start()
        if process.bootstrap_failed:
            self._did_not_start("see the error above.")
            return
        self._conclude(crawler.stats)

    def _did_not_start(self, reason: str) -> None:
        self.exitcode = COULD_NOT_START
        logger.error("Crawl could not start (exit code %d): %s", COULD_NOT_START, reason)

    def _conclude(self, stats: StatsCollector) -> None:
        if stats.get_value("finish_reason") is None:
            report(stats, Outcome.INTERRUPTED, "The crawl was cut off.")
        outcome, _ = verdict(stats)
        self.exitcode = outcome.exit_code
        level = logging.INFO if outcome is Outcome.DONE else logging.ERROR
        logger.info("The crawl in numbers:\n%s", closing_table(stats))
        logger.log(level, closing_line(stats))


def _spider(
    process: CrawlerProcessBase, name: str, arguments: dict[str, str], settings: BaseSettings
) -> type[Spider]:
    """The spider of that name, which takes those arguments. Raises UsageError."""
    names = sorted(process.spider_loader.list())
    if name not in names:
        raise UsageError(
            f"There is no spider {name!r}; there are {', '.join(names)}.", print_help=False
        )
    spider = process.spider_loader.load(name)
    try:
        if issubclass(spider, CategorySpider):
            spider.read_arguments(arguments, settings)
    except ArgumentError as error:
        raise UsageError(str(error), print_help=False) from error
    return spider
