"""Postgres: products in a database of a server, which many machines can reach."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Final

from peewee import Database, Expression, OperationalError, fn
from playhouse.postgres_ext import ServerSideQuery

from db.engines.advisory_lock import AdvisoryLock
from db.engines.engine import Engine
from db.engines.postgres_backup import back_up, restore
from db.engines.postgres_connection import (
    PooledServer,
    Server,
    database_name,
    is_transient,
    require_driver,
)
from db.engines.postgres_schema import migrate
from db.errors import StorageError, storage_errors
from db.models import Product
from db.schema import is_outdated

OLDEST_VERSION: Final = 140_000
_WRITERS: Final = 0x616C69737772
"""The key of the lock that a transaction of ours holds while it writes."""
_AT_A_TIME: Final = 500
"""Rows of a stream that are fetched together."""


class PostgresEngine(Engine):
    """A database of a Postgres server."""

    backup_ending = ".dump"

    def __init__(self, url: str) -> None:
        require_driver()
        self.url = f"postgresql://{url.partition('://')[2]}"
        self.name = database_name(self.url)

    def open(self) -> Database:
        return self._prepared(Server(self.url))

    def open_for_service(self) -> Database:
        self.open().close()  # a migration may take longer than a request
        pool = PooledServer(self.url)
        with storage_errors(f"open the database {self.name}"):
            pool.connect()
        return pool

    def release(self, database: Database) -> None:
        if not database.is_closed():
            database.close()  # which puts it into the pool

    def _prepared(self, database: Server) -> Server:
        try:
            with storage_errors(f"open the database {self.name}"):
                database.connect()
                self._require_suitable(database)
                migrate(database, self.name, partial(self.transaction, database))
        except BaseException:
            database.close()
            raise
        return database

    def _require_suitable(self, database: Server) -> None:
        if database.server_version < OLDEST_VERSION:
            raise StorageError(
                f"The server of the database {self.name} is too old. Use Postgres 14 or newer."
            )
        ((encoding,),) = database.execute_sql("SHOW server_encoding").fetchall()
        if encoding != "UTF8":
            raise StorageError(
                f"The database {self.name} has the encoding {encoding}. Create it with UTF8: "
                "createdb --encoding=UTF8 --template=template0 NAME"
            )

    def inspect(self) -> str:
        database = Server(self.url)
        try:
            with storage_errors(f"write to the database {self.name}"):
                database.connect()
                self._require_suitable(database)
                is_new = not database.table_exists(Product)
                database.execute_sql("BEGIN READ WRITE")  # a standby refuses this
                self._require_rights(database, "schema" if is_new else "table")
                if is_new:
                    return "empty"
                return "older schema" if is_outdated(database, self.name) else "current"
        finally:
            database.close()

    def _require_rights(self, database: Server, what: str) -> None:
        queries = {
            "schema": "SELECT has_schema_privilege(current_schema(), 'CREATE')",
            "table": "SELECT has_table_privilege('product', 'INSERT, UPDATE')",
        }
        ((is_allowed,),) = database.execute_sql(queries[what]).fetchall()
        if not is_allowed:
            raise StorageError(
                f"The user of DATABASE_URL may not write to the database {self.name}. "
                "Make the user its owner: ALTER DATABASE NAME OWNER TO USER"
            )

    def check(self, database: Any) -> None:
        with storage_errors(f"read the database {self.name}"):
            if is_outdated(database, self.name):
                raise StorageError(
                    f"The database {self.name} has no or an older schema; restart the service."
                )

    @contextmanager
    def transaction(self, database: Any) -> Iterator[None]:
        """Run a transaction under a lock that all our writers take.

        So ids are committed in their order, as in SQLite. If the connection is lost while the
        transaction is committed, the server is asked whether it was.
        """
        number = None
        try:
            with database.atomic():
                query = "SELECT pg_advisory_xact_lock(%s), pg_current_xact_id()::text"
                ((_, begun),) = database.execute_sql(query, [_WRITERS]).fetchall()
                yield
                number = begun  # from here on it is committed
        except OperationalError:
            if number is None or not self.is_committed(database, number):
                raise

    def is_committed(self, database: Any, number: str) -> bool:
        """Return whether a transaction was committed, on a new connection.

        Until it has ended, which the server may not have noticed yet, it has our writers' lock.
        Raises OperationalError.
        """
        database.close()
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", [_WRITERS])
        query = "SELECT pg_xact_status(%s::xid8)"
        ((status,),) = database.execute_sql(query, [number]).fetchall()
        return bool(status == "committed")

    @contextmanager
    def snapshot(self, database: Any) -> Iterator[None]:
        with database.atomic(isolation_level="REPEATABLE READ"):
            yield

    def stream(self, query: Any) -> Iterator[Any]:
        rows = ServerSideQuery(query, array_size=_AT_A_TIME)
        try:
            yield from rows
        finally:
            rows.close()

    def title_matches(self, query: Any) -> Expression:
        return Expression(fn.title_words(Product.title), "@@", fn.title_query(query))

    def continue_ids(self, database: Any, table: str) -> None:
        query = (
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), "  # noqa: S608  # the names are ours
            f'(SELECT coalesce(max(id), 0) + 1 FROM "{table}"), false)'
        )
        database.execute_sql(query, [table])

    def is_transient(self, error: BaseException) -> bool:
        return is_transient(error)

    def use(self) -> AbstractContextManager[None]:
        """Do nothing: the server knows who uses the database."""
        return nullcontext()

    def take_crawl_lock(self, spider: str, target: str | None) -> AdvisoryLock | None:
        return AdvisoryLock.take(self.url, spider, target)

    def back_up(self, target: Path) -> None:
        back_up(self.url, target)

    def restore(self, backup: Path) -> Path | None:
        return restore(self.url, backup)
