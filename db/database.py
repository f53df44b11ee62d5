"""Open the database, migrate its schema, and turn its errors into StorageError."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final
from urllib.parse import quote

from peewee import DatabaseProxy, PeeweeException, SqliteDatabase
from playhouse.migrations import Runner
from playhouse.pool import PooledSqliteDatabase

DEFAULT_URL: Final = "sqlite:///data/aliscrape.db"
LOCK_WAIT_SECONDS: Final = 15
"""Timeout of a writer that waits for another one."""

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

_SCHEME: Final = "sqlite:///"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PRAGMAS: Final[dict[str, object]] = {
    "busy_timeout": LOCK_WAIT_SECONDS * 1000,
    "journal_mode": "wal",
    "synchronous": "normal",
}

database = DatabaseProxy()
"""Database proxy used by all models. Call `open_database` before running queries."""


class StorageError(Exception):
    """The database could not be opened, read or written. The message says why."""


Driver = Callable[..., SqliteDatabase]


def pooled(path: str, **options: Any) -> SqliteDatabase:
    """Return a database that reuses connections, because a new one costs a millisecond.

    Any thread may use a connection, because only one thread has it at a time.
    """
    pool: SqliteDatabase = PooledSqliteDatabase(
        path, max_connections=None, check_same_thread=False, **options
    )
    return pool


def open_database(url: str, driver: Driver = SqliteDatabase) -> None:
    """Connect `database` to a URL such as `sqlite:///data/aliscrape.db` and migrate its schema.

    The path after three slashes is relative to the working directory, after four it is absolute.
    Missing folders and files are created. Raises StorageError for another kind of URL, a file that
    cannot be used, and a newer schema.
    """
    path = database_path(url)
    connection = driver(str(path), pragmas=_PRAGMAS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with storage_errors(f"open the database {path}"):
            connection.connect()
            _migrate(connection, path)
            connection.pragma("foreign_keys", 1, permanent=True)
    except OSError as error:
        raise StorageError(f"Could not make the folder {path.parent}: {error.strerror}.") from error
    except BaseException:
        connection.close()
        raise
    database.initialize(connection)


def close_database() -> None:
    """Close this thread's connection, if one is open."""
    if database.obj is not None and not database.is_closed():
        database.close()


def drop_pooled_connections() -> None:
    """Close the connections of the pool. SQLite's must not be used in a forked process."""
    if isinstance(database.obj, PooledSqliteDatabase):
        database.obj.close_all()


def inspect_database(url: str) -> str:
    """Return the state of a database without changing it: "missing", "older schema" or "current".

    Raises StorageError if a crawl could not write to it.
    """
    path = database_path(url)
    if not path.exists():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        try:
            TemporaryFile(dir=folder).close()  # permissions alone do not tell what root may do
        except OSError as error:
            raise StorageError(f"Could not make {path}: cannot write to {folder}.") from error
        return "missing"
    connection = SqliteDatabase(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        pragmas={"busy_timeout": LOCK_WAIT_SECONDS * 1000},
    )
    try:
        with storage_errors(f"write to the database {path}"):
            connection.connect()
            runner = Runner(connection, directory=str(_MIGRATIONS))
            with connection.atomic("IMMEDIATE"):
                return "older schema" if _pending(runner, path) else "current"
    finally:
        connection.close()


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


@contextmanager
def storage_errors(action: str) -> Iterator[None]:
    """Raise StorageError, which names the action and the cause, for errors of the database."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise StorageError(f"Could not {action}: {cause_of(error) or error}.") from error


@contextmanager
def transaction(action: str) -> Iterator[None]:
    """Run one immediate transaction, without other writers between its statements.

    A deferred transaction that reads and then writes would fail beside another writer, whatever its
    timeout. Raises StorageError, which names the action.
    """
    with storage_errors(action), database.atomic("IMMEDIATE"):
        yield


@contextmanager
def snapshot(action: str) -> Iterator[None]:
    """Run one transaction in which all queries read the same state of the database.

    Raises StorageError, which names the action.
    """
    with storage_errors(action), database.atomic():
        yield


def database_path(url: str) -> Path:
    """Return the file that a database URL names. Raises StorageError if it names none."""
    name = url.removeprefix(_SCHEME)
    if name == url or not name or name.startswith(":"):
        raise StorageError(
            f"DATABASE_URL is {url!r}; it must name a file, like {DEFAULT_URL} "
            "(four slashes for an absolute path)."
        )
    return Path(name)


def check_schema() -> None:
    """Raise StorageError unless the open database can be read and has our schema."""
    path = Path(str(database.database))
    with storage_errors(f"read the database {path}"):
        if _pending(Runner(database.obj, directory=str(_MIGRATIONS)), path):
            raise StorageError(f"The database {path} has an older schema; restart the service.")


def _migrate(connection: SqliteDatabase, path: Path) -> None:
    runner = Runner(connection, directory=str(_MIGRATIONS))
    if not _pending(runner, path):
        return
    # Foreign keys are still off on this connection: SQLite rebuilds tables to change them.
    with connection.atomic("IMMEDIATE"):
        if _pending(runner, path):  # another process may have migrated while this one waited
            runner.up()


def _pending(runner: Runner, path: Path) -> bool:
    status = runner.status()
    unknown = [migration.name for migration in status if migration.path is None]
    if unknown:
        raise StorageError(
            f"The database {path} has a newer schema ({unknown[-1]}) than this version of "
            "aliscrape knows. Install the newer aliscrape, or name another file in DATABASE_URL."
        )
    return any(migration.applied is None for migration in status)
