"""The rows of crawls: each is begun, and finished with how it ended."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from peewee import fn

from db.database import storage_errors, transaction
from db.fields import format_instant
from db.models import Crawl, FormerPlace

WALKS_LAST: Final = timedelta(days=1)
"""How long the former places of products are kept, for those who walk through the list."""


def start_crawl(spider: str, target: str | None = None, at: datetime | None = None) -> int:
    """Write the row of a crawl that begins and return its id.

    `target` is the listing it was asked for, None where the spider finds it itself. Former places
    that no walk needs any more are dropped, all but the newest: new ones get higher ids.
    """
    now = at or datetime.now(UTC)
    newest = FormerPlace.select(fn.MAX(FormerPlace.id))
    with transaction("write down the crawl"):
        FormerPlace.delete().where(
            FormerPlace.changed_at < format_instant(now - WALKS_LAST), FormerPlace.id < newest
        ).execute()
        return int(Crawl.create(spider=spider, target=target, started_at=now).id)


def unfinished_crawls() -> list[Crawl]:
    """The crawls whose rows say that they run."""
    with storage_errors("read the crawls"):
        return list(Crawl.select().where(Crawl.outcome.is_null()))


def last_coverages(spider: str, listing: str, outcome: str, count: int) -> list[dict[str, Any]]:
    """What the last crawls of a listing that ended in this way found facts on, newest first."""
    crawls = (
        Crawl.select()
        .where(Crawl.spider == spider, Crawl.listing == listing, Crawl.outcome == outcome)
        .order_by(Crawl.id.desc())
        .limit(count)
    )
    with storage_errors("read the crawls"):
        return [crawl.coverage for crawl in crawls if crawl.coverage]


def finish_crawl(crawl: int, facts: Mapping[str, Any], at: datetime | None = None) -> None:
    """Complete a crawl's row: outcome, reason, listing, category and counts."""
    with transaction("write down how the crawl ended"):
        Crawl.update(**facts, finished_at=at or datetime.now(UTC)).where(
            Crawl.id == crawl
        ).execute()
