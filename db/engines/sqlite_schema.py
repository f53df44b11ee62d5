"""Migrate the schema of a SQLite database."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path

from peewee import SqliteDatabase

from db.engines.sqlite_copying import copy_database
from db.schema import is_outdated, runner


def migrate(connection: SqliteDatabase, path: Path) -> None:
    """Migrate the schema of a database, after a copy of it was kept beside it.

    The copy is named after the last migration of the old schema: `aliscrape-0006_plain_lists.db`.
    Raises StorageError for a newer schema, and if the copy cannot be written.
    """
    if not is_outdated(connection, str(path)):
        return
    # Foreign keys are still off on this connection: SQLite rebuilds tables to change them.
    with connection.atomic("IMMEDIATE"):
        # Another process may have migrated while this one waited.
        if is_outdated(connection, str(path)):
            migrations = runner(connection)
            with _kept_copy(path, max(migrations.applied(), default=None)):
                migrations.up()


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
