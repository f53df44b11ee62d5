"""Find out about every exception of a crawl, those in signal handlers included."""

import logging
import weakref
from typing import Final

from scrapy.crawler import Crawler

from aliscrape.outcome.run import Run

_LOGS_AS_INFO: Final = "scrapy.core.engine"
"""This logger reports exceptions while a request is scheduled with level INFO."""


class ExceptionWatcher(logging.Handler):
    """Report exceptions that Scrapy catches: all that it does with them is to log them.

    That is true of exceptions in signal handlers, in `close_spider` of a pipeline and in exports.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(logging.INFO)
        self.run = run

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error and (record.levelno >= logging.ERROR or record.name == _LOGS_AS_INFO):
            self.run.report_exception(error)


def watch_exceptions(crawler: Crawler, run: Run) -> None:
    """Report exceptions to `run` as long as the crawler exists."""
    watcher = ExceptionWatcher(run)
    logging.root.addHandler(watcher)
    weakref.finalize(crawler, logging.root.removeHandler, watcher)
