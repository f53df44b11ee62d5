"""Whether the service can do its work, for those who supervise it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Vitals(Protocol):
    """What the service asks of its database."""

    def check(self) -> None: ...

    def last_good_crawl(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """The database answers, and has this age of its last good crawl; None where there is none."""

    last_good_crawl_at: datetime | None
    age: timedelta | None


class HealthService:
    """Looks whether the database can be read, has our schema, and how fresh it is."""

    def __init__(self, vitals: Vitals) -> None:
        self.vitals = vitals

    def readiness(self, now: datetime | None = None) -> Readiness:
        """That the service is ready. Raises StorageError where it is not."""
        self.vitals.check()
        at = self.vitals.last_good_crawl()
        return Readiness(at, None if at is None else (now or datetime.now(UTC)) - at)
