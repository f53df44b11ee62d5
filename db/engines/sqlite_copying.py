"""Copy a database that may be in use."""

from pathlib import Path
from typing import Final
from urllib.parse import quote

from peewee import SqliteDatabase

from db.engines.new_file import new_file
from db.errors import storage_errors

LOCK_WAIT_SECONDS: Final = 15
"""Timeout of a writer that waits for another one."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, which may be in use, into one new file: whole or not at all.

    Raises StorageError, also if the target exists.
    """
    with new_file(target) as partial:
        _write_copy(source, partial)


def _write_copy(source: Path, target: Path) -> None:
    connection = SqliteDatabase(
        f"file:{quote(str(source))}?mode=ro",
        uri=True,
        pragmas={"busy_timeout": LOCK_WAIT_SECONDS * 1000},
    )
    try:
        with storage_errors(f"copy {source}"):
            connection.execute_sql(  # type: ignore[no-untyped-call]  # peewee's stub lacks it
                "VACUUM INTO ?", (str(target),)
            )
    finally:
        connection.close()
