"""Turn errors of the database into StorageError, with the cause in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from peewee import PeeweeException

DRIVER_ERRORS: Final = (PeeweeException, sqlite3.Error)
"""Errors of the database. Peewee passes on those of SQLite that come while rows are fetched."""

_CAUSES: Final = {
    sqlite3.SQLITE_BUSY: "another process has locked the database",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_NOTADB: "the file is no database",
    sqlite3.SQLITE_READONLY: "the file is read-only",
}
"""What SQLite's error codes mean to a person."""


class StorageError(Exception):
    """The database could not be opened, read or written. The message says why."""


@contextmanager
def storage_errors(action: str) -> Iterator[None]:
    """Raise StorageError, which names the action and the cause, for errors of the database."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise StorageError(f"Could not {action}: {cause_of(error) or error}.") from error


def cause_of(error: BaseException) -> str | None:
    """Return in words why the database failed, or None if SQLite's error has no words here.

    The first error counts: after a full disk, peewee's rollback fails too, and hides it.
    """
    causes: list[str] = []
    context: BaseException | None = error
    while context is not None:
        if isinstance(context, sqlite3.Error):
            code = getattr(context, "sqlite_errorcode", 0) & 0xFF  # the rest are details
            causes += [f"{_CAUSES[code]} ({context})"] if code in _CAUSES else []
        context = context.__cause__ or context.__context__
    return causes[-1] if causes else None
