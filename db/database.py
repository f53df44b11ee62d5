"""Open the database and run transactions on it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, Final, ParamSpec, TypeVar

from peewee import Database, Expression, Model
from playhouse.pool import PooledDatabase

from db import engines, proxy
from db.engines.engine import CrawlLock, Engine
from db.errors import StorageError, storage_errors

DEFAULT_URL: Final = engines.DEFAULT_URL
database: Final = proxy.database
"""Database proxy used by all models. Call `open_database` before running queries."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_engine: Engine | None = None


def open_database(url: str) -> None:
    """Connect `database` to a URL such as `sqlite:///data/aliscrape.db` and migrate its schema.

    Raises StorageError for another kind of URL, a database that cannot be used, and a newer schema.
    """
    engine = engines.engine_of(url)
    _use(engine, engine.open())


def open_for_service(url: str) -> None:
    """Open a database as `open_database` does, for a service whose threads reuse connections."""
    engine = engines.engine_of(url)
    _use(engine, engine.open_for_service())


def _use(engine: Engine, opened: Database) -> None:
    global _engine  # noqa: PLW0603  # there is one open database, as the proxy has one
    if database.obj is not None:
        close_database()
        drop_pooled_connections()
    _engine = engine
    database.initialize(opened)


def _opened() -> Engine:
    if _engine is None:
        raise StorageError("No database is open.")
    return _engine


def release_connection() -> None:
    """Return this thread's connection to the pool at the end of a request, if it has one."""
    _opened().release(database.obj)


def close_database() -> None:
    """Close this thread's connection, if one is open."""
    if database.obj is not None and not database.is_closed():
        database.close()


def drop_pooled_connections() -> None:
    """Close the connections of the pool. They must not be used in a forked process."""
    if isinstance(database.obj, PooledDatabase):
        database.obj.close_all()


def inspect_database(url: str) -> tuple[str, str]:
    """Return the name of a database, and "missing", "empty", "older schema" or "current".

    Nothing is changed. Raises StorageError if a crawl could not write to it.
    """
    engine = engines.engine_of(url)
    return engine.name, engine.inspect()


@contextmanager
def transaction(action: str) -> Iterator[None]:
    """Run one transaction, without other writers between its statements.

    Raises StorageError, which names the action.
    """
    with storage_errors(action), _opened().transaction(database.obj):
        yield


@contextmanager
def snapshot(action: str) -> Iterator[None]:
    """Run one transaction in which all queries read the same state of the database.

    Raises StorageError, which names the action.
    """
    with storage_errors(action), _opened().snapshot(database.obj):
        yield


def stream_rows(query: Any) -> Iterator[Any]:
    """Yield the rows of a query inside a snapshot, without holding all in memory."""
    return _opened().stream(query)


def continue_ids(model: type[Model]) -> None:
    """Have new rows get ids above those that a copy has brought into a table."""
    _opened().continue_ids(database.obj, model._meta.table_name)


def title_matches(query: Any) -> Expression:
    """Return the condition that a product's title matches a text of `db.search.match_text`."""
    return _opened().title_matches(query)


def check_schema() -> None:
    """Raise StorageError unless the open database can be read and has our schema."""
    _opened().check(database.obj)


def is_transient(error: BaseException) -> bool:
    """Return whether the same statements may work in a moment, on a new connection."""
    return _opened().is_transient(error)


def use_database() -> AbstractContextManager[None]:
    """Mark the open database as used by a service, and tidy up when the service has ended."""
    return _opened().use()


def take_crawl_lock(spider: str, target: str | None) -> CrawlLock | None:
    """Return the lock of a crawl into the open database, or None if another crawl holds it.

    Raises StorageError.
    """
    return _opened().take_crawl_lock(spider, target)


def kept_sql(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Keep what a function returns for its arguments: SQL text, which each kind has its own of."""

    @lru_cache(maxsize=1000)
    def kept(_kind: type[Database], *args: Arguments.args, **named: Arguments.kwargs) -> Result:
        return function(*args, **named)

    def keeping(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
        return kept(type(database.obj), *args, **named)  # type: ignore[arg-type]  # lru_cache has no parameters

    return keeping
