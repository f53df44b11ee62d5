"""`scrapy doctor`: check this machine and the site step by step, and store nothing."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from aliscrape.arguments import ArgumentError
from aliscrape.doctor import checks
from aliscrape.doctor.checks import Check, check_robots, fail, ok, skip
from aliscrape.doctor.report import write_report
from aliscrape.doctor.spider import DoctorSpider
from aliscrape.logs import printable
from aliscrape.outcome import Outcome, Run

COULD_NOT_START = 1
SITE_CHECKS = ("network", "robots.txt", "listing", "product page")
_BROWSER_VARIABLES = ("ALISCRAPE_BROWSER", "ALISCRAPE_NO_SANDBOX")


class Command(ScrapyCommand):
    """Print a line for each check. The exit code is the one that a crawl would have."""

    requires_project = True
    spider: DoctorSpider | None = None
    """The spider that has asked the site, once it has."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Check this machine and the site, and store nothing"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-a", dest="spargs", action="append", default=[], metavar="url=URL",
                            help="read this listing instead of that of casual_shoes")  # fmt: skip
        parser.add_argument("--offline", action="store_true", help="leave the site out")
        parser.add_argument("--report", metavar="FILE",
                            help="also write a zip for an issue, without secrets")  # fmt: skip

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101  # Scrapy sets it before
        try:
            opts.spargs = arglist_to_dict(opts.spargs)
        except ValueError as error:
            raise UsageError("Invalid -a value, use -a NAME=VALUE", print_help=False) from error
        if not opts.loglevel and not opts.logfile:
            self.settings.set("LOG_LEVEL", "ERROR", "cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101  # as above
        if args or set(opts.spargs) - {"url"}:
            raise UsageError("scrapy doctor takes no argument but -a url=URL", print_help=False)
        try:
            DoctorSpider.check(self.settings, {"has_browser": False, **opts.spargs})
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from error
        except ValueError as error:
            self.exitcode = COULD_NOT_START
            sys.stderr.write(f"The check could not start: {error}\n")
            return
        lines: list[str] = []
        run = Run()
        for check in self._checks(opts):
            lines.append(" ".join(printable(check.line).splitlines()))
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
            if check.outcome is not None:
                run.report(check.outcome, check.detail)
        run.report(Outcome.DONE, "A crawl would work.")
        self.exitcode = run.outcome.exit_code
        if opts.report:
            self._write_report(Path(opts.report), lines)

    def _checks(self, opts: argparse.Namespace) -> Iterator[Check]:
        """Yield the checks one after another."""
        settings = self.settings
        assert settings is not None  # noqa: S101  # as above
        yield checks.check_python()
        yield checks.check_sqlite()
        yield checks.check_database(settings["DATABASE_URL"])
        yield checks.check_api_key(os.environ)
        variables = os.environ | {name: settings[name] for name in _BROWSER_VARIABLES}
        browser = checks.check_browser(settings["SITE_URL"], variables)
        yield browser
        if opts.offline:
            yield from (skip(name, "--offline") for name in SITE_CHECKS)
            return
        network = checks.check_network(settings["SITE_URL"])
        yield network
        if network.outcome is not None:
            yield from (skip(name, "There is no connection.") for name in SITE_CHECKS[1:])
            return
        self.spider = self._crawl(has_browser=browser.outcome is None, arguments=opts.spargs)
        yield from _site_checks(self.spider, browser)

    def _crawl(self, *, has_browser: bool, arguments: dict[str, str]) -> DoctorSpider:
        process = self.crawler_process
        assert process is not None  # noqa: S101  # as above
        crawler = process.create_crawler(DoctorSpider)
        process.crawl(crawler, has_browser=has_browser, **arguments)
        process.start()
        spider = crawler.spider
        assert isinstance(spider, DoctorSpider)  # noqa: S101  # it was created above
        if not spider.run.is_closed:
            spider.run.report(Outcome.INTERRUPTED, "The check was stopped at once.")
        return spider

    def _write_report(self, path: Path, lines: list[str]) -> None:
        assert self.settings is not None  # noqa: S101  # as above
        received = self.spider.received if self.spider else None
        try:
            write_report(path, lines, self.settings, received)
        except OSError as error:
            sys.stderr.write(f"Could not write {path}: {error.strerror}.\n")
            self.exitcode = self.exitcode or COULD_NOT_START
        else:
            sys.stdout.write(f"The report is in {path}. Look into it before you pass it on.\n")


def _site_checks(spider: DoctorSpider, browser: Check) -> Iterator[Check]:
    """Yield what the spider has found out: about robots.txt, the listing and a product page."""
    outcome, reason = spider.listing_ending or spider.run.ending
    reason = f"{reason} {_advice(outcome)}"
    robots = check_robots(spider.received.robots_status, outcome, reason)
    yield robots
    if robots.outcome is not None:
        yield from (skip(name, "Its robots.txt comes first.") for name in SITE_CHECKS[2:])
        return
    if outcome is not Outcome.DONE:
        yield fail("listing", reason, outcome)
        yield skip("product page", "The listing comes first.")
        return
    yield ok("listing", spider.listing_text)
    yield _product_page_check(spider, browser)


def _product_page_check(spider: DoctorSpider, browser: Check) -> Check:
    name = "product page"
    if browser.outcome is not None:
        return skip(name, "It needs a browser.")
    text, (outcome, reason) = spider.product_page_text, spider.run.ending
    if text is not None and outcome is Outcome.DONE:
        return ok(name, text)
    return fail(name, f"{reason} {_advice(outcome)}", outcome)


def _advice(outcome: Outcome) -> str:
    """Return what to do next. A crawl's own advice for partial speaks of what it has stored."""
    return "Try it again later." if outcome is Outcome.PARTIAL else outcome.advice
