"""Allow only one crawl at a time of the same spider and listing into the same SQLite database."""

import fcntl
import glob
import os
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

_DIGITS: Final = 16


class FileLock:
    """An exclusive lock on a file next to the database; a killed process releases it.

    The file stays: deleting it would let two crawls lock two files of the same name.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path, spider: str, target: str | None) -> Self | None:
        """Return the lock of a crawl, or None if another process holds it. Raises OSError."""
        name = sha256(f"{spider} {target or ''}".encode()).hexdigest()[:_DIGITS]
        return cls._take_file(database.with_name(f"{database.name}-crawl-{name}.lock"))

    @classmethod
    def _take_file(cls, path: Path) -> Self | None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    @classmethod
    def is_any_held(cls, database: Path) -> bool:
        """Return whether a crawl runs on this database. Raises OSError."""
        for path in database.parent.glob(f"{glob.escape(database.name)}-crawl-*.lock"):
            lock = cls._take_file(path)
            if lock is None:
                return True
            lock.release()
        return False

    def renew(self) -> None:
        """Do nothing: the system keeps the lock as long as the process runs."""

    def release(self) -> None:
        os.close(self._descriptor)
