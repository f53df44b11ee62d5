"""Turn errors of the database into StorageError, with the cause in words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from peewee import PeeweeException

try:
    import psycopg
except ImportError:
    _DRIVERS: tuple[type[Exception], ...] = (sqlite3.Error,)
    _NO_CONNECTION: tuple[type[Exception], ...] = ()
else:
    _DRIVERS = (sqlite3.Error, psycopg.Error)
    _NO_CONNECTION = (psycopg.OperationalError,)

DRIVER_ERRORS: Final[tuple[type[Exception], ...]] = (PeeweeException, *_DRIVERS)
"""Errors of the database. Peewee passes on those of a driver that come while rows are fetched."""

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

TEXT_TOO_LONG: Final = (
    "a text is too long for an index of the database server, which can have 2,700 bytes"
)

_SERVER_CAUSES: Final = {
    "08": "the database server cannot be reached",
    "25006": "the database is read-only",
    "28": "the database server refuses the user or the password",
    "3D000": "the database server has no such database",
    "42501": "the user may not do this in the database",
    "53100": "the disk of the database server is full",
    "53300": "the database server has too many connections",
    "54000": TEXT_TOO_LONG,
    "55P03": "another writer holds the row or the table; try again",
    "57P": "the database server is stopping or starting",
    "HYT01": "the database server does not answer",
}
"""What a SQLSTATE of Postgres, or its beginning, means to a person. HYT01 is ODBC's."""

_REFUSALS: Final = {
    "authentication failed": "28",
    "no password supplied": "28",
    "pg_hba.conf": "28",
    'role "': "28",
    " does not exist": "3D000",
    "too many": "53300",
    "remaining connection slots": "53300",
    "starting up": "57P",
    "shutting down": "57P",
    "timeout expired": "HYT01",
    "does not answer": "HYT01",
}
"""Words in the error of a connection that was refused or lost, which has no SQLSTATE."""


class StorageError(Exception):
    """The database could not be opened, read or written. The message says why."""


@contextmanager
def storage_errors(action: str) -> Iterator[None]:
    """Raise StorageError, which names the action and the cause, for errors of the database."""
    try:
        yield
    except DRIVER_ERRORS as error:
        words = cause_of(error) or str(error).partition("\n")[0]  # the rest is the statement
        raise StorageError(f"Could not {action}: {words}.") from error


def cause_of(error: BaseException) -> str | None:
    """Return in words why the database failed, or None if the driver's error has no words here.

    The first error counts: after a full disk, peewee's rollback fails too, and hides it.
    """
    causes: list[str] = []
    context: BaseException | None = error
    while context is not None:
        if isinstance(context, sqlite3.Error):
            code = getattr(context, "sqlite_errorcode", 0) & 0xFF  # the rest are details
            causes += [f"{_CAUSES[code]} ({context})"] if code in _CAUSES else []
        elif isinstance(context, _DRIVERS):
            causes += _server_causes(context)
        context = context.__cause__ or context.__context__
    return causes[-1] if causes else None


def _server_causes(error: BaseException) -> list[str]:
    """Return the causes of an error of Postgres in words."""
    code = getattr(error, "sqlstate", None) or ""
    if not code and isinstance(error, _NO_CONNECTION):
        text = str(error)
        code = next((code for words, code in _REFUSALS.items() if words in text), "08")
    return [words for start, words in _SERVER_CAUSES.items() if code.startswith(start)]
