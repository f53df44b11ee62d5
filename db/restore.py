"""`make restore`: replace the database by a backup, and keep the replaced one."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from db.engines import DEFAULT_URL, engine_of
from db.errors import StorageError


def main(arguments: Sequence[str]) -> None:
    """Restore the file that is named into the database of DATABASE_URL."""
    if not arguments:
        sys.exit("Name the backup to restore, as in: make restore FILE=data/backups/….db")
    try:
        engine = engine_of(os.environ.get("DATABASE_URL", DEFAULT_URL))
        replaced = engine.restore(Path(arguments[0]))
    except StorageError as error:
        sys.exit(str(error))
    if replaced:
        sys.stdout.write(f"The database before is kept in {replaced}\n")
    sys.stdout.write(f"Restored {engine.name} from {arguments[0]}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
