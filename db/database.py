"""Open the database and run transactions on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final
from urllib.parse import quote

from peewee import DatabaseProxy, SqliteDatabase
from playhouse.pool import PooledSqliteDatabase

from db.copying import LOCK_WAIT_SECONDS
from db.database_file import forget_file, is_same_file, remember_file
from db.errors import StorageError, storage_errors
from db.schema import is_outdated, migrate

DEFAULT_URL: Final = "sqlite:///data/aliscrape.db"
_SCHEME: Final = "sqlite:///"
_PRAGMAS: Final[dict[str, object]] = {
    "busy_timeout": LOCK_WAIT_SECONDS * 1000,
    "journal_mode": "wal",
    "synchronous": "normal",
}

database = DatabaseProxy()
"""Database proxy used by all models. Call `open_database` before running queries."""


Driver = Callable[..., SqliteDatabase]


class PooledDatabase(PooledSqliteDatabase):  # type: ignore[misc]  # playhouse ships no types
    """A database that reuses connections, because a new one costs a millisecond.

    Each use of a connection begins with a check that the file is still the same.
    """

    def _connect(self) -> Any:
        check_file(self.database)
        return super()._connect()


def pooled(path: str, **options: Any) -> SqliteDatabase:
    """Return a pooled database.

    Any thread may use a connection, because only one thread has it at a time.
    """
    pool: SqliteDatabase = PooledDatabase(
        path, max_connections=None, check_same_thread=False, **options
    )
    return pool


def check_file(path: str) -> None:
    """Raise StorageError if a database that was opened is missing, or another file now.

    SQLite would go on with a file that nobody can open any more.
    """
    if not is_same_file(path):
        raise StorageError(f"The database {path} has been removed or replaced since it was opened.")


def open_database(url: str, driver: Driver = SqliteDatabase) -> None:
    """Connect `database` to a URL such as `sqlite:///data/aliscrape.db` and migrate its schema.

    The path after three slashes is relative to the working directory, after four it is absolute.
    Missing folders and files are created. Raises StorageError for another kind of URL, a file that
    cannot be used, and a newer schema.
    """
    path = database_path(url)
    forget_file(str(path))
    connection = driver(str(path), pragmas=_PRAGMAS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with storage_errors(f"open the database {path}"):
            connection.connect()
            migrate(connection, path)
            connection.pragma("foreign_keys", 1, permanent=True)
    except OSError as error:
        raise StorageError(f"Could not make the folder {path.parent}: {error.strerror}.") from error
    except BaseException:
        connection.close()
        raise
    remember_file(str(path))
    database.initialize(connection)


def close_database() -> None:
    """Close this thread's connection, if one is open."""
    if database.obj is not None and not database.is_closed():
        database.close()


def drop_pooled_connections() -> None:
    """Close the connections of the pool. SQLite's must not be used in a forked process."""
    if isinstance(database.obj, PooledSqliteDatabase):
        database.obj.close_all()


def leave_one_file() -> None:
    """Move what is in the -wal file into the database file, and remove the -wal file.

    It stays if another process uses the database, and is not waited for. Raises StorageError.
    """
    path = Path(str(database.database))
    with storage_errors(f"move the last writes into {path}"):
        database.connect(reuse_if_open=True)
        database.pragma("wal_checkpoint", "passive")
    close_database()
    drop_pooled_connections()


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
            with connection.atomic("IMMEDIATE"):
                return "older schema" if is_outdated(connection, path) else "current"
    finally:
        connection.close()


@contextmanager
def transaction(action: str) -> Iterator[None]:
    """Run one immediate transaction, without other writers between its statements.

    A deferred transaction that reads and then writes would fail beside another writer, whatever its
    timeout. Raises StorageError, which names the action.
    """
    with storage_errors(action), database.atomic("IMMEDIATE"):
        yield
        check_file(database.database)


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
        if is_outdated(database.obj, path):
            raise StorageError(f"The database {path} has an older schema; restart the service.")
