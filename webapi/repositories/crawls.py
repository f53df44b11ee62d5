"""Queries of crawls."""

from datetime import datetime
from typing import Final

from db.database import storage_errors
from db.models import Crawl
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.sorting import NEWEST_CRAWLS_FIRST

DONE: Final = "done"
"""The outcome of a crawl that reached its goal."""


def get(crawl_id: int) -> Crawl | None:
    """Return the crawl with an id, or None."""
    with storage_errors("read a crawl"):
        return Crawl.get_or_none(Crawl.id == crawl_id)


def count() -> int:
    """Return how many crawls there are."""
    with storage_errors("count crawls"):
        return int(Crawl.select().count())


def read_page(cursor: Cursor | None, limit: int) -> list[Crawl]:
    """Return up to `limit` crawls next to the cursor, newest first."""
    with storage_errors("read crawls"):
        return keyset.read_page(Crawl.select(), NEWEST_CRAWLS_FIRST, cursor, limit)


def last_good_crawl_at() -> datetime | None:
    """Return when the last crawl that reached its goal ended, or None."""
    done = Crawl.select().where(Crawl.outcome == DONE).order_by(Crawl.finished_at.desc())
    with storage_errors("read the crawls"):
        crawl = done.first()
    return None if crawl is None else crawl.finished_at
