"""Whether the service can do its work, for supervisors."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.database import check_schema
from webapi.repositories import crawls


@dataclass(frozen=True, slots=True)
class Readiness:
    """When the last good crawl ended and how long ago. Both are None before the first one."""

    last_good_crawl_at: datetime | None
    age: timedelta | None


def check_readiness(now: datetime | None = None) -> Readiness:
    """Return the age of the data. Raise StorageError unless the database can be used."""
    check_schema()
    at = crawls.last_good_crawl_at()
    return Readiness(at, None if at is None else (now or datetime.now(UTC)) - at)
