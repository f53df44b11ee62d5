"""The log of the server: one line for each response, without what could be secret or forged.

It has no query and no headers, because somebody may have put a key there by mistake. The path is
percent-encoded, as in a URL, so that it contains no control characters.
"""

import logging
from typing import Any, Final
from urllib.parse import quote

LINE_FORMAT: Final = '[%(time)s] %(addr)s "%(method)s %(path)s" %(status)d %(dt_ms)d ms'

_STREAM: Final = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}
LOGGING: Final[dict[str, Any]] = {
    "filters": {
        "encode": {"()": "webapi.access_log.EncodePath"},
        "quiet": {"()": "webapi.access_log.DropThreadWarning"},
    },
    "handlers": {
        "console": _STREAM | {"formatter": "generic", "filters": ["quiet"]},
        "access": _STREAM | {"formatter": "access", "filters": ["encode"]},
    },
}
"""What differs from granian's own logging. Each worker configures it again."""


class EncodePath(logging.Filter):
    """Percent-encode the path of a request, which WSGI has decoded as Latin-1."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict):
            path = quote(str(record.args["path"]), encoding="latin-1", errors="replace")
            record.args = record.args | {"path": path}
        return True


class DropThreadWarning(logging.Filter):
    """Drop granian's warning about many threads. Slow clients need them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Configuration allows spawning up to")
