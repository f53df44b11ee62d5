"""SQLite: products in one file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final
from urllib.parse import quote

from peewee import Database, Expression, SqliteDatabase, Table

from db.engines.database_file import forget_file, in_use, remember_file
from db.engines.engine import Engine
from db.engines.file_lock import FileLock
from db.engines.sqlite_connection import PRAGMAS, ServedFile, check_file
from db.engines.sqlite_copying import LOCK_WAIT_SECONDS, copy_database
from db.engines.sqlite_restore import restore
from db.engines.sqlite_schema import migrate
from db.errors import StorageError, storage_errors
from db.models import Product
from db.schema import is_outdated

_SCHEME: Final = "sqlite:///"
_titles: Final[Any] = Table("product_text", ("rowid", "product_text"), alias="titles")
"""The FTS5 index of the titles of products that are not deleted; `rowid` is the product's id."""


class SqliteEngine(Engine):
    """A SQLite database.

    In the URL, the path after three slashes is relative to the working directory, after four it is
    absolute. Missing folders and files are created when the database is opened.
    """

    backup_ending = ".db"

    def __init__(self, url: str) -> None:
        name = url.removeprefix(_SCHEME)
        if name == url or not name or name.startswith(":"):
            raise StorageError(
                f"DATABASE_URL is {url!r}; it must name a file, like sqlite:///data/aliscrape.db "
                "(four slashes for an absolute path)."
            )
        self.path = Path(name)
        self.name = name

    def open(self) -> Database:
        return self._prepared(SqliteDatabase(self.name, pragmas=PRAGMAS))

    def open_for_service(self) -> Database:
        return self._prepared(ServedFile(self.name, pragmas=PRAGMAS))

    def release(self, database: Database) -> None:
        """Do nothing: each thread keeps its connection, which is closed when the thread ends."""

    def _prepared(self, database: SqliteDatabase) -> SqliteDatabase:
        forget_file(self.name)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with storage_errors(f"open the database {self.name}"):
                database.connect()
                migrate(database, self.path)
                database.pragma("foreign_keys", 1, permanent=True)
        except OSError as error:
            raise StorageError(
                f"Could not make the folder {self.path.parent}: {error.strerror}."
            ) from error
        except BaseException:
            database.close()
            raise
        remember_file(self.name)
        return database

    def inspect(self) -> str:
        if not self.path.exists():
            folder = next(parent for parent in self.path.absolute().parents if parent.exists())
            try:
                TemporaryFile(dir=folder).close()  # permissions alone do not tell what root may do
            except OSError as error:
                raise StorageError(
                    f"Could not make {self.path}: cannot write to {folder}."
                ) from error
            return "missing"
        connection = SqliteDatabase(
            f"file:{quote(self.name)}?mode=rw",
            uri=True,
            pragmas={"busy_timeout": LOCK_WAIT_SECONDS * 1000},
        )
        try:
            with storage_errors(f"write to the database {self.name}"):
                connection.connect()
                with connection.atomic("IMMEDIATE"):
                    return "older schema" if is_outdated(connection, self.name) else "current"
        finally:
            connection.close()

    def check(self, database: Database) -> None:
        with storage_errors(f"read the database {self.name}"):
            if is_outdated(database, self.name):
                raise StorageError(
                    f"The database {self.name} has an older schema; restart the service."
                )

    @contextmanager
    def transaction(self, database: Database) -> Iterator[None]:
        """Run one immediate transaction.

        A deferred transaction that reads and then writes would fail beside another writer, whatever
        its timeout.
        """
        with database.atomic("IMMEDIATE"):
            yield
            check_file(self.name)

    @contextmanager
    def snapshot(self, database: Database) -> Iterator[None]:
        with database.atomic():
            yield

    def stream(self, query: Any) -> Iterator[Any]:
        """Yield rows, and close the cursor even if not all are read.

        With an open cursor the connection keeps reading its old snapshot, and SQLite refuses to
        write on it as soon as somebody else has written: "database is locked", at once.
        """
        result = query.execute()
        try:
            yield from result.iterator()
        finally:
            result.cursor.close()

    def title_matches(self, query: Any) -> Expression:
        match = Expression(_titles.product_text, "MATCH", query)
        condition: Expression = Product.id.in_(_titles.select(_titles.rowid).where(match))
        return condition

    def continue_ids(self, database: Database, table: str) -> None:
        """Do nothing: a new id is one more than the highest."""

    def is_transient(self, error: BaseException) -> bool:  # noqa: ARG002  # the engines' arguments
        """Return False: SQLite itself waits for other writers."""
        return False

    @contextmanager
    def use(self) -> Iterator[None]:
        try:
            with in_use(self.path):
                yield
        finally:
            self._leave_one_file()

    def _leave_one_file(self) -> None:
        """Move what is in the -wal file into the database file, and remove the -wal file.

        It stays if another process uses the database, and is not waited for.
        """
        connection = SqliteDatabase(self.name, pragmas=PRAGMAS)
        try:
            with storage_errors(f"move the last writes into {self.name}"):
                check_file(self.name)
                connection.connect()
                connection.pragma("wal_checkpoint", "passive")
        finally:
            connection.close()

    def take_crawl_lock(self, spider: str, target: str | None) -> FileLock | None:
        try:
            return FileLock.take(self.path, spider, target)
        except OSError as error:
            raise StorageError(f"Could not lock {self.name}: {error.strerror}.") from error

    def back_up(self, target: Path) -> None:
        if not self.path.exists():
            raise StorageError(f"There is no database {self.name}.")
        copy_database(self.path, target)

    def restore(self, backup: Path) -> Path | None:
        return restore(backup, self.path)
