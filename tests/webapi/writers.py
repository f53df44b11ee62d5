"""Clients of the service and crawls beside it, for processes of their own.

A process that runs one of these imports this module. So it imports little.
"""

import json
import os
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, open_database
from db.money import Money
from db.sightings import Sighting
from tests.webapi.catalogues import BEGIN

PRODUCTS = 100
ROUNDS = 8
"""How often each crawl sees every product."""


def ask(url: str, method: str = "GET", body: Any = None) -> dict[str, Any]:
    request = urllib.request.Request(url, method=method)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    request.add_header("X-API-Key", os.environ["ALISCRAPE_API_KEY"])
    with urllib.request.urlopen(request, timeout=60) as response:
        text = response.read()
    answer: dict[str, Any] = json.loads(text) if text else {}
    return answer


def sighting(number: int, price: int) -> Sighting:
    return Sighting(
        aliexpress_id=str(number), title=f"Title of the shop {price}", price=Money(price, "USD")
    )


def crawl(database_url: str, which: int) -> list[tuple[int, int]]:
    """See all products several times, each time at another price; the prices that were seen."""
    open_database(database_url)
    seen = []
    number = start_crawl(f"crawl {which}")
    for day in range(ROUNDS):
        prices = {
            product: 1000 + which * 1000 + day * 100 + product for product in range(1, PRODUCTS + 1)
        }
        for first in range(1, PRODUCTS + 1, 20):
            page = [sighting(product, prices[product]) for product in range(first, first + 20)]
            record_sightings(number, page, at=BEGIN + timedelta(days=day))
        seen += list(prices.items())
    close_database()
    return seen


def write_stores(url: str) -> int:
    """Update another field of the same products concurrently."""
    for product in range(1, PRODUCTS + 1):
        ask(f"{url}/{product}", "PATCH", {"store_name": f"Theirs {product}"})
    return PRODUCTS


def count_up(url: str, steps: int) -> None:
    """Fetch, add one and send the whole back, again where another was faster."""
    done = 0
    while done < steps:
        with urllib.request.urlopen(url, timeout=60) as response:
            tag, product = response.headers["ETag"], json.load(response)
        headers = {
            "If-Match": tag,
            "X-API-Key": os.environ["ALISCRAPE_API_KEY"],
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(url, method="PUT", headers=headers)
        request.data = json.dumps(product | {"units_sold": product["units_sold"] + 1}).encode()
        try:
            urllib.request.urlopen(request, timeout=60).close()
        except urllib.error.HTTPError as refused:
            if refused.code != 412:
                raise
        else:
            done += 1
