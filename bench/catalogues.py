"""Make large catalogs of invented products, the same on every machine."""

import multiprocessing
import sqlite3
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from db.database import close_database, open_database
from db.fields import format_instant

DATA: Final = Path("data")
"""The folder that keeps the database files."""
DAYS: Final = 300
LAST_DAY: Final = datetime(2026, 11, 1, tzinfo=UTC)
CATEGORIES: Final = ["Bags & Shoes > Men's Shoes > Casual Shoes"] + [
    f"Category {number}" for number in range(1, 40)
]
WORDS: Final = """
    canvas leather suede mesh knit breathable casual shoes sneakers loafers slip-on lace-up summer
    winter black white brown navy grey outdoor running walking light soft sole fashion classic retro
    sport driving moccasin boat deck flat wide toe comfortable waterproof durable boots vintage
""".split()
COLUMNS: Final = """
    id aliexpress_id title url image_url currency price_minor price_text list_price_minor
    shipping_price_minor shipping_text star_rating units_sold store_name category edited_fields
    first_seen_at last_seen_at created_at updated_at last_crawl_id price_dropped_at
""".split()


def make_catalog(path: Path, products: int) -> None:
    """Create a database file with so many products. One in twenty has a price drop."""
    path.unlink(missing_ok=True)
    open_database(f"sqlite:///{path}")
    close_database()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = off")
    connection.execute("PRAGMA cache_size = -1000000")  # KiB: all indexes are written at random
    connection.execute(
        "INSERT INTO crawl (id, spider, started_at, pages, found, new, changed, unchanged, "
        "repeated, ignored, dropped, failed) VALUES (1, 'bench', ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        (format_instant(LAST_DAY),),
    )
    marks = ", ".join("?" * len(COLUMNS))
    connection.executemany(
        f"INSERT INTO product ({', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608  # ours alone
        ([row[column] for column in COLUMNS] for row in _products(products)),
    )
    connection.execute(
        "INSERT INTO observation (product_id, crawl_id, seen_at, currency, price_minor) "
        "SELECT id, 1, first_seen_at, currency, list_price_minor FROM product "
        "WHERE price_dropped_at IS NOT NULL"
    )
    connection.execute(
        "INSERT INTO observation (product_id, crawl_id, seen_at, currency, price_minor) "
        "SELECT id, 1, coalesce(price_dropped_at, first_seen_at), currency, price_minor "
        "FROM product"
    )
    connection.commit()
    connection.close()


def catalog_with(products: int) -> Path:
    """Return the database file with this many products. It is made if it is missing."""
    make_catalogs([products])
    path = _path(products)
    open_database(f"sqlite:///{path}")  # an earlier version may have made it
    close_database()
    return path


def make_catalogs(counts: Collection[int]) -> None:
    """Make the database files that are missing, one for each number of products, at the same time.

    In other processes, because the memory of this one counts as its children's.
    """
    DATA.mkdir(exist_ok=True)
    missing = [count for count in counts if not _has_products(_path(count), count)]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        list(processes.map(make_catalog, map(_path, missing), missing))


def _path(products: int) -> Path:
    return DATA.absolute() / f"bench-{products}.db"


def _has_products(path: Path, count: int) -> bool:
    """Return whether the file is such a database with so many products."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT max(id) = ? FROM product", (count,)).fetchone()[0])


def _products(count: int) -> Iterator[dict[str, Any]]:
    chance = Random(7)  # the same products every time
    for number in range(1, count + 1):
        yield _product(number, chance)


def _product(number: int, chance: Random) -> dict[str, Any]:
    price = None if chance.random() < 0.01 else int(chance.lognormvariate(7.8, 0.7))
    shipping = chance.choice([None, None, 0, 0, chance.randrange(99, 900)])
    first = LAST_DAY - timedelta(seconds=chance.randrange(86400 * DAYS))
    last = first + (LAST_DAY - first) * chance.random()
    updated = first + (last - first) * chance.random()  # most are seen oftener than they change
    dropped = first + (updated - first) * chance.random()
    has_dropped = price is not None and chance.random() < 0.05
    return {
        "id": number,
        "aliexpress_id": str(1005000000000000 + number),
        "title": f"{' '.join(chance.sample(WORDS, 8))} model{number // 10} for men",
        "url": f"https://www.aliexpress.com/item/{1005000000000000 + number}.html",
        "image_url": f"https://ae01.alicdn.com/kf/S{number:032x}.jpg",
        "currency": chance.choices(["USD", "EUR", "GBP", "JPY"], [70, 20, 8, 2])[0],
        "price_minor": price,
        "price_text": None if price is None else f"US ${price / 100}",
        "list_price_minor": price * 2 if price and (has_dropped or chance.random() < 0.5) else None,
        "shipping_price_minor": shipping,
        "shipping_text": "Free shipping" if shipping == 0 else None,
        "star_rating": None if chance.random() < 0.3 else round(chance.triangular(3, 5, 4.7), 1),
        "units_sold": None if chance.random() < 0.2 else int(chance.paretovariate(0.6)),
        "store_name": f"Store {chance.randrange(20000)}" if chance.random() < 0.8 else None,
        "category": chance.choices(CATEGORIES, [400, *[15] * 39])[0],
        "edited_fields": "[]",
        "first_seen_at": format_instant(first),
        "last_seen_at": format_instant(last),
        "created_at": format_instant(first),
        "updated_at": format_instant(updated),
        "last_crawl_id": 1,
        "price_dropped_at": format_instant(dropped) if has_dropped else None,
    }
