"""Measure the store step against sqlite3 executing the same statements, history included."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final, Self

from bench.rounds import interleave, print_table, ratio
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, database, open_database
from db.money import Money
from db.sightings import Sighting

PER_PAGE: Final = 60
Statement = tuple[str, Any, bool]
"""SQL, the values or the rows of values, and whether there are many rows."""


def measure(rounds: int, pages: int) -> dict[str, float]:
    """Measure storing pages of new products and of known ones, and return the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        statements = _record(folder / "recorded.db", pages)
        numbers = iter(range(10**6))
        figures = interleave(
            {
                "our store step": lambda: store(f"sqlite:///{folder}/{next(numbers)}.db", pages),
                "sqlite3, the same statements": lambda: _execute(
                    folder / f"{next(numbers)}.db", statements
                ),
            },
            rounds,
        )
    print_table(f"Storing {pages * PER_PAGE:,} products twice", "CPU seconds", figures)
    ours, limit = figures.values()
    return {"store_vs_limit": ratio(limit, ours)}


def _sightings(page: int, day: int) -> list[Sighting]:
    chance = Random(page * 100 + day)
    return [
        Sighting(
            aliexpress_id=str(1005000000000000 + page * PER_PAGE + number),
            title=f"Canvas shoe {number} of page {page}",
            price=Money(chance.randrange(500, 9000), "USD"),
            units_sold=chance.randrange(1000),
        )
        for number in range(PER_PAGE)
    ]


def store(url: str, pages: int, cpu_seconds: Callable[[], float] = time.process_time) -> float:
    """Return the CPU seconds of storing all pages on two days."""
    open_database(url)
    seen = [_sightings(page, day) for day in (1, 2) for page in range(pages)]
    crawl = start_crawl("bench")
    begun = cpu_seconds()
    for sightings in seen:
        record_sightings(crawl, sightings)
    taken = cpu_seconds() - begun
    close_database()
    return taken


class _Recorder(sqlite3.Connection):
    """A connection that remembers the statements of all its kind."""

    statements: ClassVar[list[Statement]] = []

    def cursor(self, *_: Any) -> Any:
        return super().cursor(_RecordingCursor)


class _RecordingCursor(sqlite3.Cursor):
    def execute(self, sql: str, values: Any = ()) -> Self:
        _Recorder.statements.append((sql, values, False))
        return super().execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Self:
        values = list(rows)
        _Recorder.statements.append((sql, values, True))
        return super().executemany(sql, values)


def _record(path: Path, pages: int) -> list[Statement]:
    """Return the statements of the store step, with their values."""
    open_database(f"sqlite:///{path}")
    close_database()
    database.obj.connect_params["factory"] = _Recorder
    crawl = start_crawl("bench")
    _Recorder.statements.clear()
    for day in (1, 2):
        for page in range(pages):
            record_sightings(crawl, _sightings(page, day))
    close_database()
    return _Recorder.statements


def _execute(path: Path, statements: Sequence[Statement]) -> float:
    """Return the CPU seconds of sqlite3 executing the statements on a new database."""
    open_database(f"sqlite:///{path}")
    start_crawl("bench")
    close_database()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = normal")
    begun = time.process_time()
    for sql, values, is_many in statements:
        if is_many:
            connection.executemany(sql, values)
        else:
            connection.execute(sql, values).fetchall()
    taken = time.process_time() - begun
    connection.close()
    return taken
