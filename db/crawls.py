"""Read and write the rows of crawls."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from db.database import transaction
from db.errors import storage_errors
from db.models import Crawl
from db.repeating import repeated


def start_crawl(
    spider: str,
    target: str | None = None,
    at: datetime | None = None,
    locale: str | None = None,
) -> int:
    """Insert the row of a crawl that begins, and return its id.

    `target` is the listing passed to the spider, None if the spider finds the listing itself.
    """
    began = at or datetime.now(UTC)
    with transaction("write down the crawl"):
        return int(Crawl.create(spider=spider, target=target, started_at=began, locale=locale).id)


def unfinished_crawls() -> list[Crawl]:
    """Return the crawls that have no outcome yet."""
    with storage_errors("read the crawls"):
        return list(Crawl.select().where(Crawl.outcome.is_null()))


@repeated
def last_coverages(spider: str, listing: str, locale: str, count: int) -> list[dict[str, Any]]:
    """Return the coverage of the last crawls of a listing that stored something, newest first.

    Pages differ between countries, so only crawls of one locale are compared. Older crawls, whose
    locale is unknown, count for each.
    """
    crawls = (
        Crawl.select()
        .where(
            Crawl.spider == spider,
            Crawl.listing == listing,
            (Crawl.locale == locale) | Crawl.locale.is_null(),
            Crawl.coverage.is_null(is_null=False),
        )
        .order_by(Crawl.id.desc())
        .limit(count)
    )
    with storage_errors("read the crawls"):
        return [crawl.coverage for crawl in crawls if crawl.coverage]


@repeated
def finish_crawl(crawl: int, facts: Mapping[str, Any], at: datetime | None = None) -> None:
    """Update the row of a crawl that ended: outcome, reason, listing, category and counts."""
    with transaction("write down how the crawl ended"):
        Crawl.update(**facts, finished_at=at or datetime.now(UTC)).where(
            Crawl.id == crawl
        ).execute()
