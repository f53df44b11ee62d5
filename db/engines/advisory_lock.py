"""Allow only one crawl at a time of the same spider and listing into the same Postgres database."""

from contextlib import suppress
from hashlib import sha256
from typing import Any, Final, Self

from db.engines.postgres_connection import connect, is_alive
from db.errors import StorageError, storage_errors

with suppress(ImportError):  # an extra that users of SQLite do not need
    import psycopg

_CRAWLS: Final = 0x616C6973
"""The first half of the keys of these locks. They are locks of the whole database."""


class AdvisoryLock:
    """A lock that the server holds for a connection. It ends with the connection."""

    def __init__(self, url: str, number: int, connection: Any) -> None:
        self._url = url
        self._number = number
        self._connection = connection

    @classmethod
    def take(cls, url: str, spider: str, target: str | None) -> Self | None:
        """Return the lock of a crawl, or None if another crawl holds it. Raises StorageError."""
        digest = sha256(f"{spider} {target or ''}".encode()).digest()
        number = int.from_bytes(digest[:4], signed=True)
        with storage_errors("lock the listing"):
            connection = _locked(url, number)
        return None if connection is None else cls(url, number, connection)

    @staticmethod
    def is_any_held(url: str) -> bool:
        """Return whether a crawl runs on this database. Raises StorageError."""
        query = (
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND "
            "database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        with storage_errors("look for crawls"), connect(url) as connection:
            (is_held,) = connection.execute(query, [_CRAWLS]).fetchone() or (False,)
            return bool(is_held)

    def renew(self) -> None:
        """Take the lock again if its connection has ended. Raises StorageError."""
        with storage_errors("hold the lock of the crawl"):
            if is_alive(self._connection):
                return
            self.release()
            connection = connect(self._url)
            try:  # the server may take a moment to notice that the other connection has ended
                connection.execute("SELECT pg_advisory_lock(%s, %s)", [_CRAWLS, self._number])
            except psycopg.errors.LockNotAvailable:
                connection.close()
                raise StorageError(
                    "The connection that held the lock of this crawl was lost, and another crawl "
                    "of this listing has begun."
                ) from None
            self._connection = connection

    def release(self) -> None:
        self._connection.close()


def _locked(url: str, number: int) -> Any:
    """Return a connection that holds a lock, or None if another one holds it."""
    connection = connect(url)
    query = "SELECT pg_try_advisory_lock(%s, %s)"
    try:
        if connection.execute(query, [_CRAWLS, number]).fetchone() == (True,):
            return connection
    except psycopg.Error:
        connection.close()
        raise
    connection.close()
    return None
