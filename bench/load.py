"""Measure the service under mixed load while a crawl writes: `python -m bench.load`.

Several clients read lists and products and write them, each as fast as it is answered, while a
process stores what a crawl would see. Prints requests, errors and times.
"""

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Final

from bench.catalogues import catalog_with
from bench.processes import serving
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, open_database
from db.money import Money
from db.sightings import Sighting

KEY: Final = "bench"
SERVER: Final = "webapi.serve 127.0.0.1 {port}"
PRODUCTS: Final = 10_000
PATHS: Final = (
    "/api/v1/products",
    "/api/v1/products?sort=-price&currency=USD",
    "/api/v1/products?q=canvas&min_rating=4",
    "/api/v1/products/{number}/history",
    "/api/v1/products/{number}",
    "/api/v1/products/{number}",
)
WRITES: Final = 0.15
"""The share of requests that change a product."""


def main() -> None:
    """Serve a catalog, put load on it, and print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--server", default=SERVER, help="what to serve with, as a module")
    chosen = options.parse_args()
    measure(PRODUCTS, chosen.seconds, chosen.clients, chosen.server)


def measure(products: int, seconds: float, clients: int, server_module: str = SERVER) -> None:
    """Serve so many products, put load on the service, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.db"
        shutil.copyfile(catalog_with(products), path)  # the load changes it
        variables = {"DATABASE_URL": f"sqlite:///{path}", "ALISCRAPE_API_KEY": KEY}
        command = (sys.executable, "-m", *server_module.split())
        with serving(command, variables) as server:
            _load(variables["DATABASE_URL"], server.port, products, clients, seconds)


def _load(url: str, port: int, products: int, clients: int, seconds: float) -> None:
    with multiprocessing.get_context("spawn").Pool(clients + 1) as pool:
        until = time.time() + seconds
        crawl = pool.apply_async(_crawl, (url, until, products))
        loads = [pool.apply_async(_ask, (port, until, seed, products)) for seed in range(clients)]
        answers = [answer for load in loads for answer in load.get(seconds + 60)]
        pages = crawl.get(seconds + 60)
    times = sorted(taken for taken, _ in answers)
    errors = sum(1 for _, status in answers if status not in {200, 304})
    print(
        f"{len(times)} requests in {seconds:.0f} s by {clients} clients "
        f"({len(times) / seconds:.0f} per second), {errors} errors; "
        f"{pages} pages of a crawl stored meanwhile; median {_ms(times, 0.5)} ms, "
        f"p99 {_ms(times, 0.99)} ms, longest {_ms(times, 1)} ms"
    )


def _ms(times: list[float], share: float) -> int:
    return round(times[min(int(len(times) * share), len(times) - 1)] * 1000)


def _crawl(url: str, until: float, products: int) -> int:
    """Store page after page, as a crawl does, and return how many."""
    open_database(url)
    chance = Random(0)
    pages = 0
    number = start_crawl("load")
    while time.time() < until:
        seen = [_sighting(chance, products) for _ in range(60)]
        record_sightings(number, seen)
        pages += 1
        time.sleep(0.2)
    close_database()
    return pages


def _sighting(chance: Random, products: int) -> Sighting:
    number = chance.randrange(1, products)
    return Sighting(
        aliexpress_id=str(1005000000000000 + number),
        title=f"Canvas shoe {number}",
        price=Money(chance.randrange(500, 9000), "USD"),
    )


def _ask(port: int, until: float, seed: int, products: int) -> list[tuple[float, int]]:
    """Read and write until the time is over, at least once.

    Return the seconds and the status of each response.
    """
    chance = Random(seed)
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    answers: list[tuple[float, int]] = []
    while not answers or time.time() < until:
        number = chance.randrange(1, products)
        begun = time.perf_counter()
        if chance.random() < WRITES:
            body = json.dumps({"store_name": f"Store {chance.random()}"})
            headers = {"X-API-Key": KEY, "Content-Type": "application/json"}
            connection.request("PATCH", f"/api/v1/products/{number}", body, headers)
        else:
            connection.request("GET", chance.choice(PATHS).format(number=number))
        response = connection.getresponse()
        response.read()
        answers.append((time.perf_counter() - begun, response.status))
    return answers


if __name__ == "__main__":
    main()
