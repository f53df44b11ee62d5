"""Back up and restore a Postgres database with Postgres's own programs."""

import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from db.engines.advisory_lock import AdvisoryLock
from db.engines.new_file import new_file
from db.errors import StorageError
from db.fields import file_instant

with suppress(ImportError):  # an extra that users of SQLite do not need
    import psycopg

_IS_OURS: Final = re.compile(r" TABLE DATA \S+ schema_migration ")
"""A line of the contents of a backup. The schema is "public", or named after the user."""
_PROGRAMS: Final = "Install Postgres's client programs: apt install postgresql-client"


def back_up(url: str, target: Path) -> None:
    """Write a database to a new file, in the format of pg_restore: whole or not at all.

    Raises StorageError, also if the target exists.
    """
    with new_file(target) as partial:
        _run(["pg_dump", "--format=custom", "--no-owner", f"--file={partial}"], url)


def restore(url: str, backup: Path) -> Path:
    """Replace the tables of a database by those of a backup, in one transaction.

    What is replaced is backed up first, beside the backup; its path is returned. Raises
    StorageError.
    """
    if not backup.is_file():
        raise StorageError(f"There is no backup {backup}.")
    if not _IS_OURS.search(_run(["pg_restore", "--list", str(backup)])):
        raise StorageError(f"{backup} is no backup of aliscrape.")
    if AdvisoryLock.is_any_held(url):
        raise StorageError("A crawl is using the database. Restore when it has ended.")
    replaced = backup.with_name(f"replaced-{file_instant()}.dump")
    back_up(url, replaced)
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run(["pg_restore", *options, str(backup)], url)
    return replaced


def _run(command: Sequence[str], url: str | None = None) -> str:
    """Return the output of one of Postgres's programs. Raises StorageError.

    The password goes through the environment, because anybody may list the arguments of programs.
    """
    environment, target = dict(os.environ), []
    if url is not None:
        parts = psycopg.conninfo.conninfo_to_dict(url)
        environment["PGPASSWORD"] = str(parts.pop("password", environment.get("PGPASSWORD", "")))
        target = ["--dbname", psycopg.conninfo.make_conninfo("", **parts)]
    try:
        done = subprocess.run(  # noqa: S603  # the programs are Postgres's
            [*command, *target], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise StorageError(f"There is no {command[0]} here. {_PROGRAMS}") from error
    if done.returncode:
        raise StorageError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout
