"""Log lines that stay lines: nothing from a page can move a cursor or write a line of its own."""

import logging
import re
from typing import Any, Final

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def printable(text: str) -> str:
    r"""The text with control characters written out; tabs and line feeds are kept.

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class PrintableFormatter(logging.Formatter):
    """Formats as another formatter does, and writes control characters out."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return printable(self.inner.format(record))


def make_handlers_printable() -> None:
    """Put the formatter around that of every handler of the root logger."""
    for handler in logging.root.handlers:
        if handler.formatter is not None and not isinstance(handler.formatter, PrintableFormatter):
            handler.setFormatter(PrintableFormatter(handler.formatter))


class QuietLogFormatter(LogFormatter):
    """Says of a dropped item why, and not all that the page said of it."""

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        result = super().dropped(item, exception, response, spider)
        return result | {"msg": "Dropped: %(exception)s", "args": {"exception": exception}}
