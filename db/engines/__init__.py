"""The kinds of databases. What differs between them is in this package and nowhere else."""

from typing import Final

from db.engines.engine import Engine
from db.engines.postgres import PostgresEngine
from db.engines.sqlite import SqliteEngine
from db.errors import StorageError

DEFAULT_URL: Final = "sqlite:///data/aliscrape.db"
_ENGINES: Final[dict[str, type[Engine]]] = {
    "sqlite": SqliteEngine,
    "postgres": PostgresEngine,
    "postgresql": PostgresEngine,
}
"""The kind of database that each scheme of a URL stands for."""


def engine_of(url: str) -> Engine:
    """Return the engine of a database URL. Raises StorageError if it names no database."""
    engine = _ENGINES.get(url.partition("://")[0])
    if engine is None:
        raise StorageError(
            f"DATABASE_URL is {_without_password(url)!r}; it must name a file, like {DEFAULT_URL} "
            "(four slashes for an absolute path), or a server, like postgresql://user@host/name."
        )
    return engine(url)


def _without_password(url: str) -> str:
    scheme, colon, rest = url.partition("://")
    return scheme + colon + rest.rpartition("@")[2]
