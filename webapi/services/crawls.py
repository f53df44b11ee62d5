"""List and read crawls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from db.models import Crawl
from db.unlisted import FOLLOWER
from webapi.cursors import Cursor
from webapi.errors import CrawlNotFound
from webapi.repositories import crawls
from webapi.repositories.keyset import Page

NEWEST: Final = 100
"""How many crawls say how fresh the products are."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last crawl, when the last good one ended, and when each category's last good one began.

    A crawl is good if it is done. Only the newest crawls are looked at.
    """

    last: Any | None
    last_good_at: datetime | None
    good_at: Mapping[str | None, datetime]


def list_crawls(limit: int, cursor: Cursor | None = None) -> Page[Crawl]:
    """Return a page of the crawls, newest first."""
    return crawls.read_page(cursor, limit)


def get_crawl(crawl_id: int) -> Crawl:
    """Return the crawl with an id. Raises CrawlNotFound."""
    crawl = crawls.get(crawl_id)
    if crawl is None:
        raise CrawlNotFound(f"There is no crawl {crawl_id}.")
    return crawl


def count_outcomes() -> Mapping[str, int]:
    """Return the number of crawls that have ended, by outcome."""
    return crawls.count_outcomes()


def read_freshness() -> Freshness:
    """Return how fresh the products are."""
    newest = crawls.read_outcomes(NEWEST)
    good = [crawl for crawl in newest if crawl.outcome == crawls.DONE]
    return Freshness(
        newest[0] if newest else None,
        good[0].finished_at if good else None,
        {
            crawl.category: crawl.started_at
            for crawl in reversed(good)
            if crawl.spider != FOLLOWER  # it reads no listing, so it misses no product
        },
    )
