"""Date back what a crawl of the demo stored, so that its crawls are one day apart.

The demo crawls many days of the mock shop in one minute. After each of them everything that is
stored moves one day into the past.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MOVED: Final = "strftime('%Y-%m-%dT%H:%M:', {0}, '-1 day') || substr({0}, 18)"
"""An instant one day earlier. SQLite's own fractions of seconds have three digits, ours six."""


def move_back_one_day(database: Path) -> None:
    """Move every instant of a database one day into the past."""
    connection = sqlite3.connect(database)
    try:
        with connection:
            for table, columns in _instants(connection):
                moved = ", ".join(f"{name} = {_MOVED.format(name)}" for name in columns)
                connection.execute(f"UPDATE {table} SET {moved}")  # noqa: S608  # our own names
    finally:
        connection.close()


def _instants(connection: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Yield the tables of crawls, products and observations with their columns of instants."""
    for table in ("crawl", "product", "observation"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        yield table, [name for name in columns if name.endswith("_at")]
