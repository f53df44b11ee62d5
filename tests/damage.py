"""Damage a database file as a bad disk does: one page of a table is overwritten."""

import sqlite3
from contextlib import closing
from pathlib import Path

INTERIOR = 0x05
"""The type of a table's page that only leads to others (SQLite's file format, section 1.6)."""


def damage(path: Path, table: str) -> None:
    """Overwrite the last page of a table, so that rows before it can be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (number,) = connection.execute(query, (table,)).fetchone()
    with path.open("r+b") as file:
        while True:
            file.seek((number - 1) * size)
            header = file.read(12)
            if header[0] != INTERIOR:
                break
            number = int.from_bytes(header[8:12], "big")  # the last of the pages below
        file.seek((number - 1) * size)
        file.write(b"\xff" * size)
