"""Queries of crawls."""

from datetime import datetime
from typing import Any, Final

from peewee import fn

from db.models import Crawl
from webapi.cursors import Cursor
from webapi.repositories import keyset
from webapi.repositories.keyset import Page
from webapi.sorting import NEWEST_CRAWLS_FIRST

DONE: Final = "done"
"""The outcome of a crawl that reached its goal."""
_OUTCOME: Final = (
    "id", "spider", "category", "started_at", "finished_at", "outcome", "reason", "advice", "new",
    "changed",
)  # fmt: skip


def get(crawl_id: int) -> Crawl | None:
    """Return the crawl with an id, or None."""
    return Crawl.get_or_none(Crawl.id == crawl_id)


def read_page(cursor: Cursor | None, limit: int) -> Page[Crawl]:
    """Return the page of crawls that a cursor leads to, newest first."""
    crawls = Crawl.select()
    return keyset.read_page(crawls, NEWEST_CRAWLS_FIRST, cursor, limit, crawls.count())


def read_outcomes(count: int) -> list[Any]:
    """Return how the newest crawls ended: rows without coverage, which is most of a crawl."""
    columns = [getattr(Crawl, name) for name in _OUTCOME]
    return list(Crawl.select(*columns).order_by(Crawl.id.desc()).limit(count).namedtuples())


def count_outcomes() -> dict[str, int]:
    """Return the number of crawls that have ended, by outcome."""
    ended = Crawl.select(Crawl.outcome, fn.COUNT(Crawl.id)).where(Crawl.outcome != None)  # noqa: E711  # peewee makes it IS NOT NULL
    counts: Any = ended.group_by(Crawl.outcome).order_by(Crawl.outcome).tuples()
    return dict(counts)


def last_good_crawl_at() -> datetime | None:
    """Return when the last crawl that reached its goal ended, or None."""
    done = Crawl.select().where(Crawl.outcome == DONE).order_by(Crawl.finished_at.desc())
    crawl = done.first()
    return None if crawl is None else crawl.finished_at
