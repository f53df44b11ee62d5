"""Catalogs of made-up products, and what a list of them must show: a second reading in Python."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.money import Money
from db.sightings import Sighting

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = ["canvas", "suede", "Slip-On", "café", "men's", "shoe"]
STORES = ["Casual Steps Store", "Harbour Footwear Store", "=Formula Store"]
CATEGORIES = ["Shoes > Men's Shoes", "Bags"]

Product = dict[str, Any]


def sightings(chance: Random, count: int) -> list[Sighting]:
    """Return some products with few different values, so that many are equal."""
    return [_sighting(str(number), chance) for number in range(1, count + 1)]


def store(chance: Random, count: int, days: int = 2) -> None:
    """Products as crawls on several days saw them, each day other facts of some."""
    for day in range(days):
        seen = [one for one in sightings(chance, count) if day == 0 or chance.random() < 0.6]
        record_sightings(start_crawl("category"), seen, at=BEGIN + timedelta(days=day))


def _sighting(number: str, chance: Random) -> Sighting:
    currency = chance.choice(["USD", "USD", "JPY"])

    def some(value: Any) -> Any:
        return value if chance.random() < 0.75 else None

    return Sighting(
        aliexpress_id=number,
        title=" ".join(chance.sample(WORDS, 3)),
        price=some(Money(chance.randrange(10, 16) * 100, currency)),
        list_price=some(Money(chance.randrange(20, 23) * 100, currency)),
        shipping_price=some(Money(chance.choice([0, 0, 199]), currency)),
        star_rating=some(chance.choice([3.5, 4.5, 4.8])),
        units_sold=some(chance.choice([0, 5, 1000])),
        store_name=some(chance.choice(STORES)),
        category=some(chance.choice(CATEGORIES)),
    )


def ordered(products: list[Product], sort: str) -> list[Product]:
    """Return the products in an order: unknown last, equal ones by id."""
    name, falling = sort.removeprefix("-"), sort.startswith("-")

    def key(product: Product) -> Any:
        value = product[name]
        if "price" in name and value is not None:
            return product["currency"], float(value), product["id"]
        return value, product["id"]

    known = [product for product in products if product[name] is not None]
    unknown = [product for product in products if product[name] is None]
    unknown.sort(key=lambda product: product["id"], reverse=falling)
    return sorted(known, key=key, reverse=falling) + unknown
