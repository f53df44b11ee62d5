"""How a crawl ends when a page of the listing could not be read or downloaded."""

from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from aliscrape.outcome import Ending, Outcome, StopCrawl
from aliscrape.pages.blocks import BLOCKED_STATUSES, refusal
from aliscrape.pages.errors import BlockedPage, PageError


def unreadable_page(error: PageError, response: Response) -> Ending:
    """Return how a crawl ends that received a page it cannot use.

    A response that ends without a stated length may have been truncated.
    """
    if isinstance(error, BlockedPage):
        return Outcome.BLOCKED, str(error)
    if "partial" in response.flags:
        return Outcome.PARTIAL, f"The response from {response.url} seems truncated: {error}"
    return Outcome.NOT_UNDERSTOOD, str(error)


def failed_request(failure: Failure) -> tuple[Ending, bytes]:
    """Return how a crawl ends that did not receive a page, and the error page, if any."""
    error, url = failure.value, failure.request.url  # type: ignore[attr-defined]  # set by Scrapy
    if isinstance(error, HttpError):
        return _http_error(url, error.response), error.response.body
    if isinstance(error, StopCrawl):
        return error.ending, b""
    reason = f"Could not download {url}: {error or type(error).__name__}."
    return (Outcome.PARTIAL, reason), b""


def _http_error(url: str, response: Response) -> Ending:
    refused = refusal(url, response.text) if isinstance(response, TextResponse) else None
    if refused:
        return Outcome.BLOCKED, refused
    if response.status in BLOCKED_STATUSES:
        return Outcome.BLOCKED, f"The site refuses {url} with HTTP status {response.status}."
    return Outcome.PARTIAL, f"{url} was answered with HTTP status {response.status}."
