"""The file of a database: whether it is still the one that was opened, and whether it is in use."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_opened: Final[dict[str, tuple[int, int]]] = {}
"""Device and inode of each database file that this process has opened, by its path."""


def remember_file(path: str) -> None:
    """Store which file is at a path now."""
    _opened[path] = _identity(path)


def forget_file(path: str) -> None:
    """Forget which file was at a path."""
    _opened.pop(path, None)


def is_same_file(path: str) -> bool:
    """Return whether a path still has the file that was remembered, if any was."""
    try:
        return path not in _opened or _identity(path) == _opened[path]
    except OSError:
        return False


def _identity(path: str) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116  # ten times as fast as a Path, on each use of a connection
    return status.st_dev, status.st_ino


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Mark a database file as in use. A missing one is created.

    The mark is an advisory lock, which the system removes when the process and those that it has
    forked have ended. SQLite's own locks are of another kind, and not affected.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_in_use(path: Path) -> bool:
    """Return whether a process has marked a database file as in use."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
