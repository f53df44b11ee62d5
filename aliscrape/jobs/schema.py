"""Install and upgrade the tables of the queue.

Procrastinate ships its schema and a numbered SQL script for each change of it, and leaves it to
its users to keep track of those that have been run.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg
from procrastinate.schema import SchemaManager

from aliscrape.jobs.errors import QueueError

_LOCK: Final = 2_305_843_009  # any number that nothing else in this database uses
_RECORDED: Final = "INSERT INTO aliscrape_queue_migrations (name) VALUES ('{}');"


def migrate(url: str) -> None:
    """Create the tables of the queue, or run the migrations that are missing.

    Raises QueueError for a newer schema and psycopg.Error.
    """
    scripts = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if not _exists(connection, "procrastinate_jobs"):
            _install(connection, [script.stem for script in scripts])
            return
        applied = _applied(connection)
        unknown = applied - {script.stem for script in scripts}
        if unknown:
            raise QueueError(
                f"The queue has a newer schema ({max(unknown)}) than the installed Procrastinate. "
                "Install the newer one: sh install.sh requirements-workers.txt"
            )
        for script in scripts:
            if script.stem not in applied:
                text = script.read_text(encoding="utf-8")
                _run(connection, [text, _RECORDED.format(script.stem)])


def _exists(connection: psycopg.Connection[Any], table: str) -> bool:
    found = connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
    return found is not None and found[0] is not None


def _install(connection: psycopg.Connection[Any], names: Sequence[str]) -> None:
    table = """
        CREATE TABLE aliscrape_queue_migrations (
            name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()
        );"""
    _run(connection, [SchemaManager.get_schema(), table, *map(_RECORDED.format, names)])


def _applied(connection: psycopg.Connection[Any]) -> set[str]:
    if not _exists(connection, "aliscrape_queue_migrations"):
        raise QueueError(
            "This database has tables of Procrastinate that aliscrape has not made. "
            "Name another database in DATABASE_URL."
        )
    rows = connection.execute("SELECT name FROM aliscrape_queue_migrations").fetchall()
    return {name for (name,) in rows}


def _run(connection: psycopg.Connection[Any], statements: Sequence[str]) -> None:
    """Run statements in one transaction: Postgres does so for a text without parameters."""
    connection.execute("\n".join(statements).encode())
