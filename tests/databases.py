"""Read and change a database from outside, whichever kind it is."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.postgres import rows


def run_sql(url: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement that has `?` for its values on a connection of its own; return the rows."""
    if not url.startswith("sqlite:///"):
        return rows(url, sql.replace("?", "%s"), *values)
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=15)) as connection, connection:
        return connection.execute(sql, values).fetchall()
