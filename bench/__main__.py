"""Measure everything, print tables, and write the ratios to data/bench.json: `make bench`.

QUICK=1 takes at most four minutes, once the programs to compare with are installed. FULL=1 reads
lists of 1,000,000 products too.
"""

import json
import os
from pathlib import Path
from typing import Final, NamedTuple

from bench import crawling, load, postgres, reading, serving, storing
from bench.catalogues import make_catalogs

RESULTS: Final = Path("data/bench.json")


class Size(NamedTuple):
    """How much is measured."""

    rounds: int
    """Of crawls and of the store step."""
    loads: int
    """Rounds of load on the servers. Each requests every URL for `seconds`.

    Many short ones: what slows the machine for a moment meets all programs then.
    """
    seconds: float
    pages: int
    stored: int
    products: int
    copied: int
    """So many products are copied to Postgres."""
    lists: tuple[int, ...]
    """So many products have the lists that are read in every order and with every filter."""


QUICK: Final = Size(
    3, loads=45, seconds=0.08, pages=100, stored=200_000, products=100_000, copied=10_000, lists=()
)
NORMAL: Final = Size(
    5,
    loads=100,
    seconds=0.1,
    pages=100,
    stored=200_000,
    products=100_000,
    copied=100_000,
    lists=(1_000, 100_000),
)
FULL: Final = NORMAL._replace(lists=(1_000, 100_000, 1_000_000))

SIZES: Final = {"QUICK": QUICK, "FULL": FULL}


def main(size: Size, results: Path) -> None:
    """Measure, print, and write the ratios."""
    serving.install_peers()
    make_catalogs({size.stored, size.products, size.copied, *size.lists})
    ratios = (
        crawling.measure(size.rounds, size.pages, size.stored)
        | storing.measure(size.rounds, size.pages)
        | serving.measure(size.loads, size.seconds, size.products)
        | postgres.measure(size.rounds, size.loads, size.seconds, size.copied)
    )
    for products in size.lists:
        reading.measure(products)
        load.measure(products, seconds=10, clients=8)
    rounded = {name: round(value, 2) for name, value in ratios.items()}
    results.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print(f"\nThe ratios, also in {results}")
    for name, value in rounded.items():
        print(f"  {name:<34}{value:>10}")


if __name__ == "__main__":
    chosen = [size for name, size in SIZES.items() if os.environ.get(name) == "1"]
    main(chosen[0] if chosen else NORMAL, RESULTS)
