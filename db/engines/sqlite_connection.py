"""Connections to a SQLite file, which must be the file that was opened at first."""

from typing import Any, Final

from peewee import SqliteDatabase

from db.engines.database_file import is_same_file
from db.engines.sqlite_copying import LOCK_WAIT_SECONDS
from db.errors import StorageError

PRAGMAS: Final[dict[str, object]] = {
    "busy_timeout": LOCK_WAIT_SECONDS * 1000,
    "journal_mode": "wal",
    "synchronous": "normal",
    "wal_autocheckpoint": 4000,  # pages: fewer writes of the same pages of a large file's indexes
}


class ServedFile(SqliteDatabase):
    """A database whose threads keep their connections, because a new one costs a millisecond.

    Each statement begins with a check that the file is still the same.
    """

    def cursor(self, named_cursor: Any = None) -> Any:
        check_file(self.database)
        return super().cursor(named_cursor)  # type: ignore[no-untyped-call]  # peewee has no types for it


def check_file(path: str) -> None:
    """Raise StorageError if a database that was opened is missing, or another file now.

    SQLite would go on with a file that nobody can open any more.
    """
    if not is_same_file(path):
        raise StorageError(f"The database {path} has been removed or replaced since it was opened.")
