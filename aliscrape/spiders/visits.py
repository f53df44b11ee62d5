"""Visits of product pages, one at a time, once the listing has come to rest."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from aliscrape.arguments import Arguments
from aliscrape.browser.finder import BrowserUnavailable
from aliscrape.browser.visit import BrowserLost, Visit
from aliscrape.gathering import Gathering
from aliscrape.outcomes import Outcome, report, verdict
from aliscrape.pages.errors import BlockedPage, PageError
from aliscrape.pages.product import ProductFacts, ProductGone
from aliscrape.site import Locale, Site
from aliscrape.visiting import Visiting
from db.database import StorageError

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
REFUSED: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    }
)
BROWSERS: Final = 2
"""A browser that was lost is started again once; the loss of the second ends the visits."""


class VisitingSpider(Spider):
    """Visits the products it gathered whose store or shipping price nobody knows yet.

    It waits until the spider is idle: then the listing's products are stored, and the catalog
    says which of them lack something.
    """

    arguments: Arguments
    gathering: Gathering
    site: Site
    locale: Locale
    max_age: timedelta
    visiting: Visiting | None = None

    def watch_for_idleness(self) -> None:
        """Begin to listen, after the pipelines, whose last batch is stored when we are called."""
        self.crawler.signals.connect(self.visit_next, signal=signals.spider_idle)

    def visit_next(self) -> None:
        """Ask for the next product page, if there is one to visit."""
        try:
            number = self._next_product()
        except StorageError as error:
            report(self.crawler.stats, Outcome.STORAGE_FAILED, str(error))
            return
        if self._browsers() > 1:
            reason = "The browser crashed in the middle of the visits and was started again."
            report(self.crawler.stats, Outcome.PARTIAL, reason)
        if number is None:
            return
        self.crawler.engine.crawl(self._visit_request(number))
        raise DontCloseSpider

    async def parse_visit(self, response: Response, number: str, visit: Visit) -> None:
        """Take what a product page tells, and close it whatever happens."""
        assert self.visiting is not None  # noqa: S101  # it made the request
        try:
            facts = None if response.status in GONE else await _facts(response, visit)
            self.visiting.answered(number, facts)
        except ProductGone:
            self.visiting.answered(number, None)
        except BlockedPage:
            self.visiting.blocked(number)
        except (PageError, TimeoutError) as error:
            self.visiting.failed(number, str(error))
        except BrowserLost as error:
            self._lost(number, str(error))
        except StorageError as error:
            report(self.crawler.stats, Outcome.STORAGE_FAILED, str(error))
            self.visiting.waiting.clear()
        finally:
            await visit.close()

    async def visit_failed(self, failure: Failure) -> None:
        """Report a product page that was not had."""
        assert self.visiting is not None  # noqa: S101  # it made the request
        arguments = failure.request.cb_kwargs  # type: ignore[attr-defined]  # set by Scrapy
        await arguments["visit"].close()
        error = failure.value
        if isinstance(error, BrowserUnavailable):
            self.visiting.end(str(error))
        elif type(error).__name__ == "TargetClosedError":
            self._lost(arguments["number"], "the browser has crashed")
        else:
            reason = str(error).partition("\n")[0] or type(error).__name__
            self.visiting.failed(arguments["number"], reason)

    def _next_product(self) -> str | None:
        if self.visiting is None:
            if not self.arguments.details or verdict(self.crawler.stats)[0] not in _FIT:
                return None
            self.visiting = Visiting(self.crawler.stats, self.max_age)
            self.visiting.choose(self.gathering.seen)
        return self.visiting.next()

    def _visit_request(self, number: str) -> Request:
        url = self.site.product_url(number)
        visit = Visit(url, self.site, self.locale)
        return Request(
            url,
            callback=self.parse_visit,
            errback=self.visit_failed,
            cb_kwargs={"number": number, "visit": visit},
            meta={
                "playwright": True,
                "playwright_context": f"visit of {number}",
                "playwright_include_page": True,
                "playwright_page_goto_kwargs": {"wait_until": "commit"},
                "playwright_page_init_callback": visit.prepare,
                "handle_httpstatus_all": True,
                "dont_retry": True,
            },
        )

    def _lost(self, number: str, reason: str) -> None:
        assert self.visiting is not None  # noqa: S101  # it made the request
        if self._browsers() >= BROWSERS:
            self.visiting.end("The browser was lost twice.")
        self.visiting.failed(number, reason)

    def _browsers(self) -> int:
        """How many browsers this crawl has started."""
        return int(self.crawler.stats.get_value("playwright/browser_count", 0))


_FIT: Final = frozenset({Outcome.DONE, Outcome.PARTIAL})
"""How the listing may have ended for its products to be visited: the site has not said no."""


async def _facts(response: Response, visit: Visit) -> ProductFacts:
    if response.status in REFUSED:
        raise BlockedPage(f"HTTP status {response.status}")
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PageError(f"HTTP status {response.status}")
    return await visit.facts()
