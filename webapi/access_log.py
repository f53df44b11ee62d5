"""The log of the server: one line for each response, without what could be secret or forged.

It has no query and no headers, because somebody may have put a key there by mistake. The path is
percent-encoded, as in a URL, so that it contains no control characters. The lines are not written
with Python's logging, because that takes longer than all our own code for one product.
"""

import logging
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

LOGGING: Final[dict[str, Any]] = {
    "filters": {"quiet": {"()": "webapi.access_log.DropThreadWarning"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "generic",
            "filters": ["quiet"],
        },
        "access": {"class": "logging.NullHandler"},
    },
}
"""What differs from granian's own logging. Each worker configures it again."""


def log_response(environ: Mapping[str, Any], status: int, seconds: float) -> None:
    """Write the line of a response. WSGI has decoded the path as Latin-1."""
    path = quote(environ["PATH_INFO"], encoding="latin-1", errors="replace")
    request = f'{environ["REMOTE_ADDR"]} "{environ["REQUEST_METHOD"]} {path}"'
    now = time.strftime("%Y-%m-%d %H:%M:%S %z")
    with suppress(OSError):  # nobody reads it any more, which is no reason to stop serving
        sys.stdout.write(f"[{now}] {request} {status} {seconds * 1000:.0f} ms\n")
        sys.stdout.flush()


class DropThreadWarning(logging.Filter):
    """Drop granian's warning about many threads. Slow clients need them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Configuration allows spawning up to")
