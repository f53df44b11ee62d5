"""Connections to a Postgres server: psycopg 3, and peewee's pool."""

import time
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, Final

from peewee import PostgresqlDatabase
from playhouse.pool import MaxConnectionsExceeded
from playhouse.postgres_ext import PooledPsycopg3Database, Psycopg3Database

from db.errors import StorageError

with suppress(ImportError):  # an extra that users of SQLite do not need
    import psycopg

    from db.engines.watched_connection import SILENCE, RequestConnection, WatchedConnection

ANSWER_SECONDS: Final = 2
"""How long a server may take to accept a connection. The driver allows no shorter time."""
POOL_SIZE: Final = 24
"""Connections of one process. A service has two; Postgres takes 97 connections by default."""
POOL_WAIT_SECONDS: Final = 4
"""How long a request waits for one of them."""
FAILED_SECONDS: Final = 0.5
"""How long a server that could not be reached is not asked again: threads wait for their turn to
connect, and would else wait for one timeout each."""

_TRANSIENT: Final = ("08", "40", "53300", "55P03", "57P")
"""First characters of the SQLSTATE of errors after which a repetition may succeed: no connection,
a deadlock, too many connections, a lock timeout, and a server that stops or starts."""

_OPTIONS: Final[dict[str, Any]] = {
    "application_name": "aliscrape",
    "client_encoding": "UTF8",
    "connect_timeout": ANSWER_SECONDS,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 2000,  # milliseconds
}
_FIELD_TYPES: Final = PostgresqlDatabase.field_types | {
    "TEXT": 'TEXT COLLATE "C"',  # the order of code points, as in Python and in SQLite
}


def connect(url: str, *, is_request: bool = False) -> "WatchedConnection":
    """Return a connection of its own. Raises psycopg.Error."""
    kind = RequestConnection if is_request else WatchedConnection
    locks = f"-c lock_timeout={kind.lock_wait}s"
    return kind.connect(url, autocommit=True, **_OPTIONS, options=locks)


def is_alive(connection: "psycopg.Connection[Any]") -> bool:
    """Return whether the server answers on a connection."""
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def database_name(url: str) -> str:
    """Return the name and the host of a database. Raises StorageError for another kind of URL."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StorageError(
            "DATABASE_URL names no Postgres database. It must be like "
            "postgresql://user:password@host:5432/name."
        ) from error
    return f"{parts.get('dbname', '')} on {parts.get('host', 'this machine')}"


def is_transient(error: BaseException) -> bool:
    """Return whether the same statements may work in a moment, on a new connection."""
    context: BaseException | None = error
    while context is not None:
        if isinstance(context, psycopg.Error):
            state = context.sqlstate
            if state is None and isinstance(context, psycopg.OperationalError):
                return True  # the driver's own words: there is no connection
            if state is not None and state.startswith(_TRANSIENT):
                return True
        context = context.__cause__ or context.__context__
    return False


def require_driver() -> None:
    """Raise StorageError if psycopg is not installed."""
    if find_spec("psycopg") is None:
        raise StorageError(
            "DATABASE_URL names a Postgres server, and its driver is not installed. "
            "Install it: sh install.sh requirements-postgres.txt"
        )


class Server(Psycopg3Database):  # type: ignore[misc]  # playhouse ships no types
    """A database of a Postgres server, with one connection for each thread."""

    field_types = _FIELD_TYPES
    is_for_requests = False
    _failed_at = float("-inf")
    _failure = ""

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: FBT001, FBT002  # peewee's argument
        self._require_server()  # before waiting for the thread that is connecting
        return bool(super().connect(reuse_if_open))

    def _connect(self) -> Any:
        self._require_server()
        try:
            return connect(self.database, is_request=self.is_for_requests)
        except psycopg.OperationalError as error:
            self._remember(str(error))
            raise

    def _require_server(self) -> None:
        if time.monotonic() < self._failed_at + FAILED_SECONDS:
            raise psycopg.OperationalError(self._failure)

    def _remember(self, failure: str) -> None:
        self._failed_at, self._failure = time.monotonic(), failure


class PooledServer(PooledPsycopg3Database, Server):  # type: ignore[misc]  # playhouse ships no types
    """A database of a Postgres server that reuses connections, and replaces dead ones."""

    is_for_requests = True

    def __init__(self, url: str) -> None:
        super().__init__(url, max_connections=POOL_SIZE, timeout=POOL_WAIT_SECONDS)

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: FBT001, FBT002  # peewee's argument
        try:
            return bool(super().connect(reuse_if_open))
        except MaxConnectionsExceeded as error:
            raise StorageError(f"All {POOL_SIZE} connections of the pool are in use.") from error

    def _is_closed(self, connection: Any) -> bool:
        """Return whether a connection is dead. The others are dead too then, most likely.

        Other threads wait for their turn to connect while the server is asked.
        """
        connection.patience = ANSWER_SECONDS
        if not super()._is_closed(connection):
            connection.patience = RequestConnection.patience
            return False
        self._drop(connection)
        return True

    def _can_reuse(self, connection: Any) -> bool:
        if super()._can_reuse(connection):
            return True
        self._drop(connection)
        return False

    def _drop(self, connection: Any) -> None:
        if connection.is_silent:
            self._remember(SILENCE)
        connection.close()
        self.close_idle()
