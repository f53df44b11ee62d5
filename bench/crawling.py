"""Measure crawls: CPU seconds per product and memory, against a textbook project."""

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from bench.catalogues import catalog_with
from bench.processes import Usage, run, serving
from bench.rounds import interleave, print_table, ratio
from bench.site import FIRST_ID, LISTING, PER_PAGE

STORED: Final = 200_000
"""Products that are stored before the crawl that measures growth."""
FEW: Final = 25


@contextmanager
def open_site(pages: int) -> Iterator[str]:
    """Serve so many pages of a listing, and return its URL."""
    command = (sys.executable, "-m", "bench.site", "{port}", str(pages))
    with serving(command, {}) as server:
        yield f"http://127.0.0.1:{server.port}"


class Crawls:
    """Crawls of one site by us, by the textbook project and by an empty one."""

    def __init__(self, site: str, pages: int, folder: Path) -> None:
        self.site = site
        self.pages = pages
        self.products = pages * PER_PAGE
        self.folder = folder
        self.megabytes = 0.0
        self._count = 0

    def ours(self, stored: Path | None = None) -> float:
        """Return the CPU seconds of our crawl of all pages, into a new database or a copy."""
        database = self._new_file()
        if stored is not None:
            shutil.copyfile(stored, database)
        usage = self._crawl(database, "-a", f"limit={self.products}",
                            "-a", f"max_pages={self.pages}")  # fmt: skip
        _require_products(database, self.products)
        self.megabytes = max(self.megabytes, usage.megabytes)
        return usage.cpu_seconds

    def ours_of_few(self) -> float:
        """Return the CPU seconds of our crawl of the first 25 products."""
        database = self._new_file()
        usage = self._crawl(database, "-a", f"limit={FEW}")
        _require_products(database, FEW)
        return usage.cpu_seconds

    def textbook(self) -> float:
        """Return the CPU seconds of the textbook project's crawl of all pages."""
        database = self._new_file()
        variables = {
            "SCRAPY_SETTINGS_MODULE": "bench.peers.textbook.settings",
            "TEXTBOOK_DATABASE": str(database),
        }
        listing = f"url={self.site}{LISTING}"
        command = ("-m", "scrapy", "crawl", "listing", "-a", listing, "-a", f"pages={self.pages}")
        usage = run(command, variables)
        _require_products(database, self.products)
        return usage.cpu_seconds

    def empty(self) -> float:
        """Return the CPU seconds of an empty project that requests one page."""
        variables = {"SCRAPY_SETTINGS_MODULE": "bench.peers.empty"}
        command = ("-m", "scrapy", "crawl", "empty", "-a", f"url={self.site}{LISTING}")
        return run(command, variables).cpu_seconds

    def _crawl(self, database: Path, *arguments: str) -> Usage:
        command = ("-m", "bench.long_crawl", "category", "-a", f"url={self.site}{LISTING}",
                   "-a", "details=no", "-s", "DOWNLOAD_DELAY=0", *arguments)  # fmt: skip
        variables = {"SITE_URL": self.site, "DATABASE_URL": f"sqlite:///{database}"}
        return run(command, variables)

    def _new_file(self) -> Path:
        self._count += 1
        return self.folder / f"{self._count}.db"


def _require_products(database: Path, count: int) -> None:
    """Exit unless a database has so many products of the site."""
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT count(*) FROM product WHERE CAST(aliexpress_id AS INTEGER) >= ?"
        ((stored,),) = connection.execute(query, [FIRST_ID])
    if stored != count:
        sys.exit(f"A crawl has stored {stored:,} products instead of {count:,}.")


def measure(rounds: int, pages: int, stored: int = STORED) -> dict[str, float]:
    """Measure crawls, print the tables, and return the ratios."""
    with tempfile.TemporaryDirectory() as name, open_site(pages) as site:
        crawls = Crawls(site, pages, Path(name))
        full = catalog_with(stored)
        figures = interleave(
            {
                "ours": crawls.ours,
                "textbook": crawls.textbook,
                f"ours, with {stored:,} stored": lambda: crawls.ours(full),
                f"ours, {FEW} products": crawls.ours_of_few,
                "empty project, one page": crawls.empty,
            },
            rounds,
        )
    print_table(f"A crawl of {pages * PER_PAGE:,} products", "CPU seconds", figures)
    ours, textbook, grown, few, empty = figures.values()
    print(f"  memory of our crawl at its peak: {crawls.megabytes:.0f} MB")
    return {
        "crawl_vs_textbook": ratio(textbook, ours),
        "crawl_growth": ratio(grown, ours),
        "crawl_of_25_vs_empty": ratio(few, empty),
        "crawl_megabytes": crawls.megabytes,
        "crawl_cpu_ms_per_product": median(ours) / (pages * PER_PAGE) * 1000,
    }
