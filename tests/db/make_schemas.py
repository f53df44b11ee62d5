"""Make the small database of each schema that has none yet: python -m tests.db.make_schemas.

Run it after adding a migration, and commit the file. A file that is there is not made anew: it is
what the release with that schema has left on people's disks.
"""

import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from peewee import SqliteDatabase
from playhouse.migrations import Runner

from tests.crawls import ROOT

SCHEMAS: Final = Path(__file__).parent / "schemas"
MIGRATIONS: Final = ROOT / "db" / "migrations"

_AT: Final = "2026-11-0{}T06:17:00.000000Z"
_MONEY: Final = {"currency": "USD", "price_minor": 1999, "list_price_minor": 3999,
                 "shipping_price_minor": 0, "star_rating": 4.7, "units_sold": 1234,
                 "price_condition": "New shoppers save US $5", "condition_key": "new shoppers save",
                 "sku_id": "12000001"}  # fmt: skip
_CREATED: Final = {"edited_fields": "[]", "created_at": _AT.format(1), "updated_at": _AT.format(2)}
_COUNTS: Final = dict.fromkeys(
    "pages found new changed unchanged repeated ignored dropped failed".split(), 3
)
ROWS: Final[Mapping[str, tuple[Mapping[str, Any], ...]]] = {
    "crawl": (
        {"id": 1, "spider": "casual_shoes", "listing": "https://www.aliexpress.com/w/a.html",
         "category": "Shoes > Casual Shoes", "started_at": _AT.format(1),
         "finished_at": _AT.format(2), "outcome": "done", "reason": "Reached the limit.",
         "bytes": 5000, "failed_pages": 0, **_COUNTS,
         "coverage": '{"price": {"share": 1.0, "from": {"number": 3}}}', "advice": "Nothing."},
        {"id": 2, "spider": "category", "target": "https://www.aliexpress.com/w/b.html",
         "started_at": _AT.format(3), **_COUNTS},
    ),
    "product": (
        {"id": 1, "aliexpress_id": "1005001", "title": "Canvas shoe", "price_text": "US $19.99",
         "url": "https://www.aliexpress.com/item/1005001.html",
         "image_url": "https://ae01.alicdn.com/kf/shoe.jpg", "shipping_text": "Free shipping",
         "units_sold_text": "1,000+ sold", "store_name": "Casual Steps Store",
         "category": "Shoes > Casual Shoes", "first_seen_at": _AT.format(1),
         "last_seen_at": _AT.format(2), "visited_at": _AT.format(2),
         "product_page_read_at": _AT.format(2), "listing_shipping_text": "Free shipping",
         "last_crawl_id": 1, "price_dropped_at": _AT.format(2), "version": 7, **_CREATED, **_MONEY},
        {"id": 2, "aliexpress_id": "1005002", "title": "Schuh für Männer", **_CREATED},
        {"id": 3, "aliexpress_id": "1005003", "title": "Deleted shoe", **_CREATED,
         "deleted_at": _AT.format(3)},
        {"id": 4, "title": "Seen in town", **_CREATED, "currency": "JPY", "price_minor": 410,
         "edited_fields": '["currency", "price", "title"]'},
    ),
    "observation": (
        {"id": 1, "product_id": 1, "crawl_id": 1, "seen_at": _AT.format(1), **_MONEY,
         "price_minor": 2999},
        {"id": 2, "product_id": 1, "crawl_id": 1, "seen_at": _AT.format(2), **_MONEY},
        {"id": 3, "product_id": 3, "crawl_id": 1, "seen_at": _AT.format(2)},
    ),
}  # fmt: skip
"""The rows, with every column that any schema has had. Each schema gets those that it has."""


def make_database(migration: str, path: Path) -> None:
    """Make a database with the schema of a migration, and our rows in it."""
    database = SqliteDatabase(str(path), pragmas={"page_size": 1024})
    database.connect()
    Runner(database, directory=str(MIGRATIONS)).up(migration)
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        for table, rows in ROWS.items():
            known = {info[1] for info in connection.execute(f"PRAGMA table_info({table})")}
            for row in rows:
                some = {name: value for name, value in row.items() if name in known}
                marks = ", ".join(f":{name}" for name in some)
                sql = f"INSERT INTO {table} ({', '.join(some)}) VALUES ({marks})"  # noqa: S608  # ours
                connection.execute(sql, some)
        connection.commit()
        connection.execute("VACUUM")


def main() -> None:
    """Make the files that are missing, and say which."""
    for path in sorted(MIGRATIONS.glob("[0-9]*.py")):
        target = SCHEMAS / f"{path.stem}.db"
        if not target.exists():
            make_database(path.stem, target)
            sys.stdout.write(f"{target.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
