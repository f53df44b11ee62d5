"""Keep pages that were not understood, so that a changed layout can be added offline."""

import gzip
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

KEPT: Final = 20

_SECRETS: Final = re.compile(
    rb"""((?:csrf_?token|x5secdata|secdata|nctokenstr|session_?id|umid_?token|cookie_?id|client_?ip|"""
    rb"""(?<![a-z0-9])_?ip|access_?token|token|member_?id|user_?id)\\*["']?\s*[:=]\s*)"""
    rb"""(?:(\\*["'])[^"'\\]*|(-?[0-9][0-9.eE+-]*)(?![\w%~])|([\w.%~+-]+))""",
    re.IGNORECASE,
)
"""A name with its value: a text in quotes, a number, or a word as in a query string."""
_WORDS: Final = (b"true", b"false", b"null", b"undefined")
_ADDRESSES: Final = re.compile(rb"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")


def keep_page(body: bytes, folder: Path, now: datetime | None = None) -> Path:
    """Write a page, compressed and without secrets, and delete the oldest beyond `KEPT`.

    Raises OSError if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    instant = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")
    path = folder / f"{instant}.html.gz"
    path.write_bytes(gzip.compress(without_secrets(body)))
    for old in sorted(folder.glob("*.html.gz"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def keep_failed_page(body: bytes, folder: Path) -> None:
    """Keep a page that failed and log where. An empty one is not kept.

    A folder that cannot be written to is only logged: the crawl's own failure is more important.
    """
    if not body:
        return
    try:
        path = keep_page(body, folder)
    except OSError as error:
        logger.warning("Could not keep the failed page: %s.", error)
    else:
        logger.warning("Kept the failed page in %s", path)


def without_secrets(body: bytes) -> bytes:
    """Return the page without the tokens and IP addresses that identify its visitor.

    What parsed before parses afterwards.

    >>> without_secrets(b'{"csrfToken": "abc", "clientIp":"203.0.113.7", "title":"Shoe"}')
    b'{"csrfToken": "cut", "clientIp":"cut", "title":"Shoe"}'
    >>> without_secrets(b'{"userId": 4711, "ship": "free", "url": "/w?token=abc&page=2"}')
    b'{"userId": 0, "ship": "free", "url": "/w?token=cut&page=2"}'
    """
    return _ADDRESSES.sub(b"cut", _SECRETS.sub(_without_value, body))


def _without_value(found: re.Match[bytes]) -> bytes:
    """Return a name with another value of the same kind, so that JSON stays JSON."""
    name, quote, number, word = found.groups()
    if word in _WORDS:
        return bytes(found[0])
    return bytes(name + (b"0" if number else (quote or b"") + b"cut"))
