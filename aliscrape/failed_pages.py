"""Keep pages that were not understood, so that a changed layout can be added offline."""

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

KEPT: Final = 20

_SECRETS: Final = re.compile(
    rb"""(["']?(?:csrf_?token|x5secdata|secdata|nctokenstr|session_?id|umid_?token|cookie_?id|"""
    rb"""client_?ip|_?ip|access_?token|token|member_?id|user_?id)["']?\s*[:=]\s*["']?)"""
    rb"""[^"'&\s,;}<]+""",
    re.IGNORECASE,
)
_ADDRESSES: Final = re.compile(rb"\b(?:\d{1,3}\.){3}\d{1,3}\b")


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


def without_secrets(body: bytes) -> bytes:
    """Return the page without the tokens and IP addresses that identify its visitor.

    >>> without_secrets(b'{"csrfToken": "abc", "clientIp":"203.0.113.7", "title":"Shoe"}')
    b'{"csrfToken": "cut", "clientIp":"cut", "title":"Shoe"}'
    """
    return _ADDRESSES.sub(b"cut", _SECRETS.sub(rb"\1cut", body))
