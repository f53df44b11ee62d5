"""Measure how fast the list of products is returned, by sort order and filter.

Prints a table in milliseconds, the fastest of several requests each. The catalog is kept in
data/bench-<products>.db (1,000,000 products take about 1 GB).
"""

import argparse
import subprocess
import sys
from http import HTTPStatus
from random import Random
from time import perf_counter
from typing import Final
from urllib.parse import quote

from flask.testing import FlaskClient

from bench.catalogues import CATEGORIES, catalog_with
from db.database import close_database, database
from db.models import Product
from webapi import create_app
from webapi.cursors import Cursor
from webapi.sorting import PRODUCT_SORTS

URL: Final = "/api/v1/products"
TIMES: Final = 20
"""Enough that one of them meets no other work of the machine."""

FILTERS: Final = [
    "q=canvas",
    "q=model77",
    f"category={quote(CATEGORIES[0])}",
    "category=Category%207",
    "store_name=Store%2077",
    "currency=USD",
    "currency=JPY",
    "currency=USD&min_price=20",
    "currency=USD&min_price=200",
    "currency=USD&min_price=10&max_price=12",
    "min_rating=4.5",
    "min_rating=5",
    "min_units_sold=100",
    "min_units_sold=10000000",
    "free_shipping=true",
    "free_shipping=false",
    "seen_since=2026-10-01",
    "seen_since=2026-10-31T23:50:00Z",
    "price_dropped_since=2026-05-01",
    "price_dropped_since=2026-10-31T20:00:00Z",
]
"""Of each filter a value that many products meet, and one that few do."""
SORTS: Final = list(PRODUCT_SORTS)


def main() -> None:
    """Measure the list of as many products as the arguments say."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--products", type=int, default=100_000)
    options.add_argument("--pairs", type=int, default=0, help="how many pairs of filters to try")
    chosen = options.parse_args()
    measure(chosen.products, chosen.pairs)


def measure(products: int, pairs: int = 0) -> None:
    """Measure the list of so many products, with every sort order and filter, and print tables."""
    url = f"sqlite:///{catalog_with(products)}"
    app = create_app({"DATABASE_URL": url, "ALISCRAPE_API_KEY": "bench"})
    client = app.test_client()
    print(f"\nThe first page of {products:,} products (milliseconds)")
    plain = _time("", client)
    for question in ["", *(f"sort={name}" for name in SORTS), *FILTERS]:
        print(f"  {question or '(none)':<60}{_time(question, client):9.2f}")
    database.connect(reuse_if_open=True)
    deep = _deep_page(client) / plain
    print(f"  a page in the middle, by price: {deep:.2f} times the plain first page")
    _measure_table(url)
    if pairs:
        _measure_pairs(client, pairs)
    close_database()


def _measure_pairs(client: FlaskClient, count: int) -> None:
    """Measure random pairs of filters with random sort orders, and print the slowest."""
    chance = Random(0)
    times: list[tuple[float, str]] = []
    while len(times) < count:
        one, other = chance.sample(FILTERS, 2)
        names = [part.partition("=")[0] for part in f"{one}&{other}".split("&")]
        if len(set(names)) == len(names):
            question = f"{one}&{other}&sort={chance.choice(SORTS)}"
            times.append((_time(question, client, times=1), question))
    for taken, question in sorted(times, reverse=True)[:10]:
        print(f"{question:<100} {taken:9.2f}")


STREAM: Final = """
import resource, sys
from webapi import create_app
app = create_app({"DATABASE_URL": sys.argv[1], "ALISCRAPE_API_KEY": "bench"})
response = app.test_client().get("/api/v1/products?format=csv", buffered=False)
rows = sum(chunk.count(b"\\n") for chunk in response.iter_encoded()) - 1
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def _measure_table(url: str) -> None:
    """Measure a CSV export of all products: its time, and the memory of the serving process."""
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", STREAM, url], check=True, capture_output=True, text=True
    )
    rows, megabytes = done.stdout.split()
    print(f"  CSV of {rows} products: {perf_counter() - begun:.0f} s, {megabytes} MB at most")


def _deep_page(client: FlaskClient) -> float:
    """Return the time of a page in the middle of all products sorted by price."""
    price = Product.price_minor.is_null(is_null=False)
    ordered = Product.select().where(price).order_by(Product.currency, Product.price_minor)
    product = ordered.offset(Product.select().count() // 2).first()
    token = Cursor.of(product, "after", PRODUCT_SORTS["price"]).token
    return _time(f"sort=price&cursor={token}", client)


def _time(question: str, client: FlaskClient, times: int = TIMES) -> float:
    """Return the milliseconds of the fastest of several requests."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        response = client.get(f"{URL}?{question}")
        taken.append(perf_counter() - begun)
        assert response.status_code == HTTPStatus.OK, response.get_data()
    return min(taken) * 1000


if __name__ == "__main__":
    main()
