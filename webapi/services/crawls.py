"""List and read crawls."""

from db.models import Crawl
from webapi.cursors import Cursor
from webapi.errors import CrawlNotFound
from webapi.repositories import crawls
from webapi.repositories.keyset import Page


def list_crawls(limit: int, cursor: Cursor | None = None) -> Page[Crawl]:
    """Return a page of the crawls, newest first."""
    return crawls.read_page(cursor, limit)


def get_crawl(crawl_id: int) -> Crawl:
    """Return the crawl with an id. Raises CrawlNotFound."""
    crawl = crawls.get(crawl_id)
    if crawl is None:
        raise CrawlNotFound(f"There is no crawl {crawl_id}.")
    return crawl
