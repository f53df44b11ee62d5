"""Replace a SQLite database by a backup, and keep the replaced one beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from peewee import SqliteDatabase

from db.engines.file_lock import FileLock
from db.engines.sqlite_copying import LOCK_WAIT_SECONDS, copy_database
from db.engines.sqlite_schema import migrate
from db.errors import StorageError, storage_errors
from db.fields import file_instant

_FIRST_MIGRATION: Final = "0001_products_crawls_observations"


def restore(backup: Path, database: Path) -> Path | None:
    """Replace a database by a backup and return the path of the replaced one, if there was one.

    The backup is checked and migrated as a copy before anything is replaced. Then its pages are
    written into the database in one transaction, so that whoever uses the database sees either
    the old content or the new. Raises StorageError, and nothing has changed, if the backup is no
    aliscrape database or if a crawl runs.
    """
    if not backup.is_file():
        raise StorageError(f"There is no backup {backup}.")
    replaced = database.with_name(f"{database.stem}-replaced-{file_instant()}{database.suffix}")
    existed = database.exists()
    try:
        with _checked_copy(backup, database) as new:
            if existed and not _is_intact(database):
                _require_no_crawl(database)
                _set_aside(database, replaced)
            _write_pages(new, database, replaced)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"Could not replace {database}: {error}.") from error
    return replaced if existed else None


@contextmanager
def _checked_copy(backup: Path, database: Path) -> Iterator[Path]:
    """Yield a migrated copy of a backup, on the file system of the database."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=database.parent, prefix=".restore-") as folder:
        new = Path(folder) / "new.db"
        try:
            copy_database(backup, new)
        except StorageError as error:
            raise StorageError(f"{backup} cannot be restored. {error}") from error
        _require_catalog(new, backup)
        connection = SqliteDatabase(str(new))
        try:
            with storage_errors(f"migrate {backup}"):
                migrate(connection, new)
        finally:
            connection.close()
        yield new


def _require_catalog(copy: Path, backup: Path) -> None:
    """Raise StorageError unless the copy of a backup is an aliscrape database without damage."""
    if not _is_intact(copy):
        raise StorageError(f"{backup} is damaged.")
    with closing(sqlite3.connect(copy)) as connection:
        try:
            query = "SELECT 1 FROM schema_migration WHERE name = ?"
            is_ours = connection.execute(query, (_FIRST_MIGRATION,)).fetchone()
        except sqlite3.OperationalError:  # there is no such table
            is_ours = None
    if is_ours is None:
        raise StorageError(f"{backup} is no aliscrape database.")


def _is_intact(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=LOCK_WAIT_SECONDS)) as connection:
        try:
            return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # such as a lock: it says no damage
                raise
            return False


def _set_aside(database: Path, replaced: Path) -> None:
    """Rename a damaged database with the files that SQLite keeps beside it."""
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            Path(f"{database}{ending}").rename(f"{replaced}{ending}")


def _write_pages(new: Path, database: Path, replaced: Path) -> None:
    """Write the pages of a database into another one, in one transaction.

    The first step locks out other writers. What is in the database then is what is kept.
    """
    is_kept = not database.exists()

    def keep(status: int, _remaining: int, _total: int) -> None:
        nonlocal is_kept
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:  # else it would wait for ever
            raise sqlite3.OperationalError("database is locked")
        if not is_kept:
            _require_no_crawl(database)
            copy_database(database, replaced)
            is_kept = True

    target = sqlite3.connect(database, timeout=LOCK_WAIT_SECONDS)
    with closing(target), closing(sqlite3.connect(new)) as source:
        (page_size,) = target.execute("PRAGMA page_size").fetchone()
        source.execute(f"PRAGMA page_size = {page_size}")
        source.execute("VACUUM")  # pages are copied as they are, so both need one size
        source.backup(target, pages=1, progress=keep)


def _require_no_crawl(database: Path) -> None:
    if FileLock.is_any_held(database):
        raise StorageError(f"A crawl is using {database}. Restore when it has ended.")
