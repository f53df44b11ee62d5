"""`make backup`: copy the database, which crawls and the service may be using, into one file."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from db.copying import copy_database
from db.database import DEFAULT_URL, database_path
from db.errors import StorageError

FOLDER: Final = Path("data/backups")


def file_instant(now: datetime | None = None) -> str:
    """Return an instant for the names of files, which sort by it.

    >>> file_instant(datetime(2026, 11, 27, 6, 17, tzinfo=UTC))
    '20261127T061700.000000Z'
    """
    return (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")


def back_up(database: Path, target: Path) -> None:
    """Copy a database to a new file. Raises StorageError."""
    if not database.exists():
        raise StorageError(f"There is no database {database}.")
    copy_database(database, target)


def main(arguments: Sequence[str]) -> None:
    """Copy the database of DATABASE_URL to the file that is named, and print the path."""
    target = Path(arguments[0]) if arguments else FOLDER / f"{file_instant()}.db"
    try:
        back_up(database_path(os.environ.get("DATABASE_URL", DEFAULT_URL)), target)
    except StorageError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
