"""API keys, which are required for writing."""

import hmac
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from flask import current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from webapi.capacity import WRITES
from webapi.errors import InvalidSetting, KeyRequired, TooManyAttempts

HEADER: Final = "X-API-Key"
FILE: Final = Path("data/api-key")
"""The file of the key that is generated at the first start. Only its owner may read it."""

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
"""What nobody but the owner may do with the file."""

WRONG_KEYS: Final = RateLimitItemPerMinute(30)
"""Rate limit of wrong keys for each address. Each process of the service counts separately."""

EXTENSION: Final = "aliscrape-keys"
"""The name of the application's Keys among its extensions."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Keys:
    """Compare keys in constant time, and limit the rate of wrong ones."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in keys]
        self._attempts = MovingWindowRateLimiter(MemoryStorage())

    def require(self, given: str | None, address: str = "") -> None:
        """Raise KeyRequired unless the given key is one of ours.

        `given` is a header as WSGI passes it: bytes decoded as Latin-1. Raises TooManyAttempts for
        a wrong key after too many wrong ones from an address. A right key is always accepted:
        behind a proxy, all clients have the proxy's address.
        """
        if not given:
            raise _refusal()
        candidate = given.encode("latin-1", "replace")
        matches = [hmac.compare_digest(candidate, key) for key in self._keys]
        if any(matches):
            return
        if not self._attempts.hit(WRONG_KEYS, address):
            raise TooManyAttempts(
                "Too many wrong API keys. Wait a minute and try again.", WRONG_KEYS.get_expiry()
            )
        raise _refusal()


def key_required(method: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Require a valid API key, and a slot for writing, before the request body is read."""

    @wraps(method)
    def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        keys: Keys = current_app.extensions[EXTENSION]
        keys.require(request.headers.get(HEADER), request.remote_addr or "")
        with WRITES.slot():
            return method(*args, **kwargs)

    return checked


def _refusal() -> KeyRequired:
    return KeyRequired(f"Missing or wrong API key. Send it in the {HEADER} header.")


def listed_keys(text: str) -> list[str]:
    """Return the keys of ALISCRAPE_API_KEY, which are separated by commas."""
    return [key.strip() for key in text.split(",") if key.strip()]


def kept_key(path: Path = FILE) -> str:
    """Return the key in the file. If the file is missing, generate a key and write it first.

    Raises InvalidSetting.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            os.link(draft, path)  # atomic, and never over the key of another process
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_text(encoding="utf-8").strip()
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise InvalidSetting(
            f"Others can read or change the API key in {path} (mode {mode:04o}). Delete the file "
            f"to get a new key, or run: chmod 600 {path}"
        )
    if not key:
        raise InvalidSetting(f"The file {path} has no API key. Delete it to get a new key.")
    return key
