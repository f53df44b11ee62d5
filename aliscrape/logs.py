"""Keep log lines on one line: no text of a page moves the cursor or looks like a log line."""

import logging
import re
from typing import Any, Final

from scrapy.logformatter import LogFormatter, LogFormatterResult

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def printable(text: str) -> str:
    r"""Return the text with control characters escaped; tabs and line feeds are kept.

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class PrintableFormatter(logging.Formatter):
    """Format with another formatter, and escape control characters."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return printable(self.inner.format(record))


def make_handlers_printable() -> None:
    """Escape control characters in every handler of the root logger."""
    for handler in logging.root.handlers:
        if handler.formatter is not None and not isinstance(handler.formatter, PrintableFormatter):
            handler.setFormatter(PrintableFormatter(handler.formatter))


class QuietLogFormatter(LogFormatter):
    """Log dropped items without their contents, and scraped items only if DEBUG is printed."""

    def scraped(self, *args: Any) -> LogFormatterResult | None:  # type: ignore[override]  # None is documented
        """Return what is logged of an item, at DEBUG, or None if no handler prints that."""
        if all(handler.level > logging.DEBUG for handler in logging.root.handlers):
            return None
        return super().scraped(*args)

    def dropped(self, item: Any, exception: BaseException, *args: Any) -> LogFormatterResult:
        result = super().dropped(item, exception, *args)
        return result | {"msg": "Dropped: %(exception)s", "args": {"exception": exception}}
