"""The keys without which nobody writes."""

import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from webapi.errors import KeyRequired, TooManyAttempts

HEADER: Final = "X-API-Key"
FILE: Final = Path("data/api-key")
"""Where the key is kept that is made at the first start; only its owner may read it."""

WRONG_KEYS: Final = RateLimitItemPerMinute(30)
"""How many wrong keys one address may try; each process of the service counts for itself."""


class Keys:
    """Compares what was given with every key in constant time, and slows down who guesses."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]
        self._attempts = MovingWindowRateLimiter(MemoryStorage())

    def require(self, given: str | None, address: str = "") -> None:
        """Raise KeyRequired unless the given key is one of ours.

        `given` is a header as WSGI gives it, bytes read as Latin-1. Raises TooManyAttempts, and
        looks at no key, after too many wrong ones from an address.
        """
        if not given:
            raise _refusal()
        if not self._attempts.test(WRONG_KEYS, address):
            raise TooManyAttempts(
                "Too many wrong keys; wait a minute and try again.", WRONG_KEYS.get_expiry()
            )
        candidate = given.encode("latin-1", "replace")
        matches = [hmac.compare_digest(candidate, key) for key in self._keys]
        if not any(matches):
            self._attempts.hit(WRONG_KEYS, address)
            raise _refusal()


def _refusal() -> KeyRequired:
    return KeyRequired(f"Writing needs one of this service's keys in the header {HEADER}.")


def listed_keys(text: str) -> list[str]:
    """The keys of ALISCRAPE_API_KEY, which are separated by commas."""
    return [key.strip() for key in text.split(",") if key.strip()]


def kept_key(path: Path = FILE) -> str:
    """The key in the file, which is made with a new one where it is missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            os.link(draft, path)  # all at once, and never over another process's key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
