"""The runs of spiders, for those who ask how they ended."""

from collections.abc import Sequence
from typing import Protocol

from db.models import Crawl
from webapi.cursors import Cursor, Place
from webapi.errors import CrawlNotFound
from webapi.services.pages import Page, Pages


class Crawls(Protocol):
    """What the service asks of a repository of crawls."""

    def page(self, count: int, cursor: Cursor | None = None) -> Sequence[Crawl]: ...

    def count(self) -> int: ...

    def get(self, crawl_id: int) -> Crawl | None: ...


class CrawlService:
    """Answers questions about crawls."""

    def __init__(self, crawls: Crawls) -> None:
        self.crawls = crawls

    def page(self, limit: int, cursor: Cursor | None = None) -> Page[Crawl]:
        """A page of the crawls, newest first."""
        pages = Pages(self.crawls.page, lambda crawl: Place(crawl.id, falling=True))
        return pages.at(cursor, limit, self.crawls.count())

    def get(self, crawl_id: int) -> Crawl:
        """The crawl with an id. Raises CrawlNotFound."""
        crawl = self.crawls.get(crawl_id)
        if crawl is None:
            raise CrawlNotFound(f"There is no crawl {crawl_id}.")
        return crawl
