"""`make copy TO=…`: copy a database into an empty one, such as a file to a server."""

import os
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from peewee import Model, chunked

from db.batches import insert_rows
from db.database import close_database, continue_ids, database, open_database, transaction
from db.engines import DEFAULT_URL, engine_of
from db.errors import StorageError, storage_errors
from db.models import MODELS

_AT_A_TIME: Final = 500
"""Rows that are written together."""


class _Table:
    """Reads a table, and counts and digests its rows meanwhile."""

    def __init__(self, connection: Any, model: type[Model]) -> None:
        self._connection = connection
        self._digest = sha256()
        self.model = model
        self.name = str(model._meta.table_name)
        self.columns = tuple(field.column_name for field in model._meta.sorted_fields)
        self.count = 0

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows as they are stored, in the order of their ids."""
        columns = ", ".join(f'"{name}"' for name in self.columns)
        sql = f'SELECT {columns} FROM "{self.name}" ORDER BY id'  # noqa: S608  # the names are ours
        for row in self._connection.execute_sql(sql):
            self.count += 1
            self._digest.update(repr(row).encode())
            yield row

    @property
    def content(self) -> tuple[int, str]:
        """What two equal tables have in common, once all rows are read."""
        return self.count, self._digest.hexdigest()


def copy_database(source: str, target: str) -> dict[str, int]:
    """Copy all rows and return how many there are in each table.

    What was written is read again and compared. Raises StorageError, and the target is as before,
    if it is not empty, or if a row cannot be stored in it.
    """
    origin = engine_of(source)
    state = origin.inspect()
    if state in {"missing", "empty"}:
        raise StorageError(f"The database {origin.name} is {state}: there is nothing to copy.")
    connection = origin.open()
    try:
        open_database(target)
        with (
            transaction("write the copy"),
            storage_errors(f"read the database {origin.name}"),
            origin.snapshot(connection),
        ):
            return {model._meta.table_name: _copy(connection, model) for model in MODELS}
    finally:
        close_database()
        connection.close()


def _copy(connection: Any, model: type[Model]) -> int:
    """Copy a table, and return how many rows it has."""
    original, copy = _Table(connection, model), _Table(database, model)
    if model.select().exists():
        raise StorageError("The database that TO names has rows already. Name an empty one.")
    for rows in chunked(original.rows(), _AT_A_TIME):
        insert_rows(model, original.columns, rows)
    continue_ids(model)
    for _ in copy.rows():
        pass
    if copy.content != original.content:
        raise StorageError(f"The copy of the table {original.name} differs. Nothing was copied.")
    return copy.count


def main(arguments: Sequence[str]) -> None:
    """Copy the database of DATABASE_URL to the one that is named, and say what was copied."""
    if not arguments:
        sys.exit("Name the database to copy to, as in: make copy TO=postgresql://user@host/name")
    try:
        counts = copy_database(os.environ.get("DATABASE_URL", DEFAULT_URL), arguments[0])
    except StorageError as error:
        sys.exit(str(error))
    words = ", ".join(f"{count} rows of {table}" for table, count in counts.items())
    sys.stdout.write(f"Copied and compared: {words}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
