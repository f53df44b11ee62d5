"""Limit how many requests of a kind are processed at a time, so that threads remain for others.

A client that sends or reads slowly occupies a thread of the service, and so does a write that waits
for another one. Health checks and reading need the remaining threads.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Final

from webapi.errors import TooBusy

RETRY_SECONDS: Final = 5


class Limit:
    """Limit the requests of a kind that this process handles at a time."""

    def __init__(self, kind: str, maximum: int) -> None:
        self.maximum = maximum
        self._kind = kind
        self._slots = BoundedSemaphore(maximum)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Take a slot, or raise TooBusy at once."""
        if not self._slots.acquire(blocking=False):
            raise _too_busy(self._kind)
        try:
            yield
        finally:
            self._slots.release()


class SharedLimit:
    """Limit the requests of a kind that all workers together handle at a time.

    The workers are forked from this process. A slot is a record lock on a byte of a nameless file,
    which the system releases when a worker is killed. Such locks belong to a whole process: `_free`
    has the slots that none of its threads has taken.
    """

    def __init__(self, kind: str, maximum: int) -> None:
        self._kind = kind
        self._file = os.memfd_create(kind)
        self._free = list(range(maximum))
        self._changing = Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Take a slot, or raise TooBusy at once."""
        slot = self._take()
        try:
            yield
        finally:
            with self._changing:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, slot)
                self._free.append(slot)

    def _take(self) -> int:
        with self._changing:
            for slot in self._free:
                try:
                    fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, slot)
                except (BlockingIOError, PermissionError):  # another worker has it
                    continue
                self._free.remove(slot)
                return slot
        raise _too_busy(self._kind)


def _too_busy(kind: str) -> TooBusy:
    """Return the error of a request for which there is no slot."""
    return TooBusy(f"Too many {kind} at a time. Try again in a few seconds.", RETRY_SECONDS)


EXPORTS: Final = SharedLimit("CSV exports", 4)
WRITES: Final = Limit("writes", 24)
FORMS: Final = Limit("forms", 8)
"""Forms have slots of their own, because their key is read with them: anybody can send them."""
