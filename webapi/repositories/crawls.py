"""The crawls, newest first."""

from db.database import storage_errors
from db.models import Crawl
from webapi.cursors import Cursor


class CrawlRepository:
    """The runs of spiders."""

    def page(self, count: int, cursor: Cursor | None = None) -> list[Crawl]:
        """Up to `count` crawls on the cursor's side of its place, newest first."""
        query = Crawl.select().order_by(Crawl.id.desc()).limit(count)
        with storage_errors("read crawls"):
            if cursor is None:
                return list(query)
            if cursor.side == "after":
                return list(query.where(Crawl.id < cursor.place.id))
            newer = query.where(Crawl.id > cursor.place.id)
            return list(newer.order_by(Crawl.id))[::-1]

    def count(self) -> int:
        """How many crawls there are."""
        with storage_errors("count crawls"):
            return int(Crawl.select().count())

    def get(self, crawl_id: int) -> Crawl | None:
        """The crawl with an id, or None."""
        with storage_errors("read a crawl"):
            return Crawl.get_or_none(Crawl.id == crawl_id)
