"""Read products that no listing shows any more, and one of the last listing to compare with."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from peewee import JOIN, Case

from db.errors import storage_errors
from db.models import Crawl, Product
from db.repeating import repeated

FOLLOWER: Final = "tracked"
"""The spider that reads the pages of these products. It reads no listing."""
UNSEEN_FOR: Final = timedelta(days=2)


@repeated
def unlisted_products(now: datetime, limit: int) -> list[Product]:
    """Return products that no listing has shown for two days, longest unseen first.

    For a gone product, the time of its last product page counts instead. Otherwise every crawl
    would read the same gone products, and never the others. Raises StorageError.
    """
    unseen_since = Case(
        None, [(Product.gone_at.is_null(), Product.last_seen_at)], Product.product_page_read_at
    )
    order = (unseen_since.asc(nulls="first"), Product.id)
    with storage_errors("read the products that no listing shows"):
        return list(_unlisted(now).order_by(*order).limit(limit))


@repeated
def count_unlisted(now: datetime) -> int:
    """Return how many products no listing has shown for two days. Raises StorageError."""
    with storage_errors("count the products that no listing shows"):
        return int(_unlisted(now).count())


@repeated
def listed_product(others: Collection[int]) -> Product | None:
    """Return a product of the last listing that is not among the others, or None.

    It is the one whose own page was read the longest ago. Raises StorageError.
    """
    query = (
        _with_last_crawl()
        .where(Crawl.spider != FOLLOWER, Product.id.not_in(list(others)))
        .order_by(Crawl.id.desc(), Product.product_page_read_at.asc(nulls="first"), Product.id)
    )
    with storage_errors("read a product of the last listing"):
        found: Product | None = query.first()
        return found


def _unlisted(now: datetime) -> Any:
    """Select products whose last sighting was long ago, or was not in a listing."""
    seen_at = Product.last_seen_at
    is_unseen = seen_at.is_null() | (seen_at < now - UNSEEN_FOR)
    return _with_last_crawl().where(is_unseen | (Crawl.spider == FOLLOWER))


def _with_last_crawl() -> Any:
    return (
        Product.select(Product)
        .join(Crawl, JOIN.LEFT_OUTER, on=(Product.last_crawl == Crawl.id))
        .where(Product.deleted_at.is_null(), Product.aliexpress_id.is_null(is_null=False))
    )
