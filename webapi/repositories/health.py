"""Whether the database answers, and when a crawl last went well."""

from datetime import datetime
from typing import Final

from db.database import check_schema, storage_errors
from db.models import Crawl

GOOD: Final = "done"


class HealthRepository:
    """What the database says of itself."""

    def check(self) -> None:
        """Raise StorageError unless the database can be read and its schema is ours."""
        check_schema()

    def last_good_crawl(self) -> datetime | None:
        """When the last crawl that reached its goal ended."""
        good = Crawl.select().where(Crawl.outcome == GOOD).order_by(Crawl.finished_at.desc())
        with storage_errors("read the crawls"):
            crawl = good.first()
        return None if crawl is None else crawl.finished_at
