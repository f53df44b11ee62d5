"""`make backup`: write the database, which crawls and the service may be using, to one file."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from db.engines import DEFAULT_URL, engine_of
from db.errors import StorageError
from db.fields import file_instant

FOLDER: Final = Path("data/backups")


def main(arguments: Sequence[str]) -> None:
    """Back up the database of DATABASE_URL to the file that is named, and print the path."""
    try:
        engine = engine_of(os.environ.get("DATABASE_URL", DEFAULT_URL))
        name = f"{file_instant()}{engine.backup_ending}"
        target = Path(arguments[0]) if arguments else FOLDER / name
        engine.back_up(target)
    except StorageError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
