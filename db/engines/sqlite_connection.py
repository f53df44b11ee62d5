"""Connections to a SQLite file, which must be the file that was opened at first."""

from typing import Any, Final

from playhouse.pool import PooledSqliteDatabase

from db.engines.database_file import is_same_file
from db.engines.sqlite_copying import LOCK_WAIT_SECONDS
from db.errors import StorageError

PRAGMAS: Final[dict[str, object]] = {
    "busy_timeout": LOCK_WAIT_SECONDS * 1000,
    "journal_mode": "wal",
    "synchronous": "normal",
    "wal_autocheckpoint": 4000,  # pages: fewer writes of the same pages of a large file's indexes
}


class PooledFile(PooledSqliteDatabase):  # type: ignore[misc]  # playhouse ships no types
    """A database that reuses connections, because a new one costs a millisecond.

    Each use of a connection begins with a check that the file is still the same.
    """

    def _connect(self) -> Any:
        check_file(self.database)
        return super()._connect()


def check_file(path: str) -> None:
    """Raise StorageError if a database that was opened is missing, or another file now.

    SQLite would go on with a file that nobody can open any more.
    """
    if not is_same_file(path):
        raise StorageError(f"The database {path} has been removed or replaced since it was opened.")
