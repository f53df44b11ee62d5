"""Read and change a database from outside, whichever kind it is."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.postgres import rows

_SCHEME = "sqlite:///"


def run_sql(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement that has `?` for its values on a connection of its own; return the rows."""
    if not is_file(url):
        return rows(url, sql.replace("?", "%s"), *values)
    with closing(sqlite3.connect(file_of(url), timeout=15)) as connection, connection:
        return connection.execute(sql, values).fetchall()


@dataclass(frozen=True)
class Catalog:
    """A database, and the folder for the failed pages of crawls into it."""

    url: str
    failed_pages: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return run_sql(self.url, sql)


def is_file(url: str) -> bool:
    """Return whether a database is a SQLite file."""
    return url.startswith(_SCHEME)


def file_of(url: str) -> Path:
    """Return the file of a SQLite database."""
    assert is_file(url), url
    return Path(url.removeprefix(_SCHEME))


def assert_intact(url: str) -> None:
    """Let SQLite compare its tables with their indexes. Postgres has no such check of its own."""
    if is_file(url):
        assert run_sql(url, "PRAGMA integrity_check") == [("ok",)]
        run_sql(url, "INSERT INTO product_text (product_text) VALUES ('integrity-check')")
