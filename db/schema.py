"""Migrate the schema of a database."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Final

from peewee import SqliteDatabase
from playhouse.migrations import Runner

from db.copying import copy_database
from db.errors import StorageError

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def migrate(connection: SqliteDatabase, path: Path) -> None:
    """Migrate the schema of a database, after a copy of it was kept beside it.

    The copy is named after the last migration of the old schema: `aliscrape-0006_plain_lists.db`.
    Raises StorageError for a newer schema, and if the copy cannot be written.
    """
    if not is_outdated(connection, path):
        return
    # Foreign keys are still off on this connection: SQLite rebuilds tables to change them.
    with connection.atomic("IMMEDIATE"):
        if is_outdated(connection, path):  # another process may have migrated while this one waited
            runner = _runner(connection)
            with _kept_copy(path, max(runner.applied(), default=None)):
                runner.up()


@contextmanager
def _kept_copy(path: Path, last_migration: str | None) -> Iterator[None]:
    """Copy a database beside it under the first free name; a failed migration needs no copy."""
    if last_migration is None:  # a new database
        yield
        return
    numbers = chain([""], map("-{}".format, count(2)))
    names = (f"{path.stem}-{last_migration}{number}{path.suffix}" for number in numbers)
    copy = next(copy for copy in map(path.with_name, names) if not copy.exists())
    copy_database(path, copy)
    try:
        yield
    except BaseException:
        copy.unlink()
        raise


def is_outdated(connection: SqliteDatabase, path: Path) -> bool:
    """Return whether a migration is missing. Raises StorageError for a newer schema."""
    status = _runner(connection).status()
    unknown = [migration.name for migration in status if migration.path is None]
    if unknown:
        raise StorageError(
            f"The database {path} has a newer schema ({unknown[-1]}) than this version of "
            "aliscrape knows. Install the newer aliscrape, or name another file in DATABASE_URL."
        )
    return any(migration.applied is None for migration in status)


def _runner(connection: SqliteDatabase) -> Runner:
    return Runner(connection, directory=str(_MIGRATIONS))
