"""Write a file whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.errors import StorageError


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give a path to write to, which becomes the target when all is written and on the disk.

    Raises StorageError, also if the target exists.
    """
    if target.exists():
        raise StorageError(f"{target} exists already, and is not overwritten.")
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"Could not write {target}: {error.strerror}.") from error
