"""Measure the API and the store step on Postgres beside SQLite, on a server of the benchmark's own.

CPU times are of our program and of the database server together.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from tempfile import TemporaryDirectory
from typing import Final

from bench.catalogues import catalog_with
from bench.clients import load_ratio, print_loads, put_load
from bench.processes import Server, cpu_seconds_of, serving
from bench.rounds import interleave, print_table, ratio
from bench.serving import BY_PRICE, OURS, PRODUCT
from bench.storing import PER_PAGE, store
from db.transfer import copy_database
from tests.postgres import SETTINGS, Postgres, programs, rows, running

PAGES: Final = 25
"""Pages of products that are stored."""
# A process that ends takes its CPU time with it, so queries must not start others.
_SETTINGS: Final = SETTINGS | {"max_parallel_workers_per_gather": "0", "shared_buffers": "128MB"}


def measure(rounds: int, loads: int, seconds: float, products: int) -> dict[str, float]:
    """Measure both databases in turn, print the tables, and return the ratios."""
    found = programs()
    if found is None:
        print("\nPostgres is not measured: no server is installed (apt install postgresql).")
        return {}
    with running(found, _SETTINGS) as postgres:
        stored = _measure_store(postgres, rounds)
        return stored | _measure_api(postgres, loads, seconds, products)


def _measure_store(postgres: Postgres, rounds: int) -> dict[str, float]:
    numbers = count()

    def cpu_seconds() -> float:
        return time.process_time() + cpu_seconds_of(postgres.pid)

    with TemporaryDirectory() as folder:
        figures = interleave(
            {
                "SQLite": lambda: store(f"sqlite:///{folder}/{next(numbers)}.db", PAGES),
                "Postgres": lambda: store(postgres.new_database(), PAGES, cpu_seconds),
            },
            rounds,
        )
    title = f"Storing {PAGES * PER_PAGE:,} products twice, by database"
    print_table(title, "CPU seconds", figures)
    return {"store_postgres_vs_sqlite": ratio(figures["Postgres"], figures["SQLite"])}


def _measure_api(
    postgres: Postgres, rounds: int, seconds: float, products: int
) -> dict[str, float]:
    paths = {
        "one": (PRODUCT, "One product, by database"),
        "page": (BY_PRICE, f"25 of {products:,} products by price, by database"),
    }
    ratios = {}
    with _services(postgres, products) as services:
        for name, (path, title) in paths.items():
            loads = interleave(
                {
                    database: partial(put_load, service, path, seconds)
                    for database, service in services.items()
                },
                rounds,
            )
            print_loads(title, loads)
            ratios[f"api_{name}_postgres_vs_sqlite"] = load_ratio(loads, "Postgres", "SQLite")
    return ratios


@contextmanager
def _services(postgres: Postgres, products: int) -> Iterator[Mapping[str, Server]]:
    """Serve the same products from both databases."""
    sqlite_url = f"sqlite:///{catalog_with(products)}"
    url = postgres.new_database()
    copy_database(sqlite_url, url)
    rows(url, "VACUUM ANALYZE")  # as a server does by itself in the background
    command = (sys.executable, *OURS)
    with (
        serving(command, {"DATABASE_URL": sqlite_url, "ALISCRAPE_API_KEY": "bench"}) as on_sqlite,
        serving(command, {"DATABASE_URL": url, "ALISCRAPE_API_KEY": "bench"}) as on_postgres,
    ):
        yield {"SQLite": on_sqlite, "Postgres": replace(on_postgres, database_pid=postgres.pid)}
