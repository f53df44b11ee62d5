"""Find what to send notifications about after a crawl, and store what was sent.

A crawl that is done reports the price drops since the last crawl that did, those that other crawls
saw included. The crawl's row stores how far that was, so that nothing is sent twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from peewee import fn

from db.comparable_prices import comparable_prices
from db.database import transaction
from db.models import Crawl, Observation, Product
from db.money import Money

DONE: Final = "done"
INTERRUPTED: Final = "interrupted"
"""Interrupted crawls count neither as done nor as failed."""
IN_A_ROW: Final = 3
"""Failed crawls of one spider and listing after which a notification is sent."""


@dataclass(frozen=True, slots=True)
class PriceDrop:
    """A product whose price is lower than when price drops were last reported."""

    title: str
    url: str | None
    earlier: Money
    later: Money


def claim_price_drops(crawl_id: int) -> list[PriceDrop]:
    """Return the price drops that were not reported yet, and store that this crawl reports them.

    If no earlier crawl reported any, these are the drops that this crawl saw. Raises StorageError.
    """
    with transaction("read the price drops"):
        drops = list(_price_drops(_notified_through(crawl_id)))
        _set_notified(crawl_id)
        return drops


def skip_price_drops(crawl_id: int) -> None:
    """Store that no later crawl reports the price drops until now. Raises StorageError."""
    with transaction("store that price drops are old"):
        _set_notified(crawl_id)


def _set_notified(crawl_id: int) -> None:
    last: int = Observation.select(fn.MAX(Observation.id)).scalar() or 0
    Crawl.update(notified_through=last).where(Crawl.id == crawl_id).execute()


def release_price_drops(crawl_id: int) -> None:
    """Store that a crawl reported no price drops, so that the next one does.

    Raises StorageError.
    """
    with transaction("store that no price drop was reported"):
        row = Crawl.id == crawl_id
        Crawl.update(notified_through=None).where(row).execute()
        Crawl.update(notified_through=_notified_through(crawl_id)).where(row).execute()


def claim_failures(crawl_id: int) -> int:
    """Return how many crawls in a row failed up to this one, or 0 if no notification is due.

    One notification is due after three, and no other until a crawl is done. Raises StorageError.
    """
    with transaction("read how the last crawls ended"):
        crawl = Crawl.get_by_id(crawl_id)
        if crawl.outcome in {DONE, INTERRUPTED}:
            return 0
        failed = [crawl, *_failed_before(crawl)]
        if len(failed) < IN_A_ROW or any(one.failures_notified_at for one in failed):
            return 0
        _set_failures_notified(crawl_id, datetime.now(UTC))
        return len(failed)


def release_failures(crawl_id: int) -> None:
    """Store that no notification about failed crawls was sent. Raises StorageError."""
    with transaction("store that no notification was sent"):
        _set_failures_notified(crawl_id, None)


def has_recovered(crawl_id: int) -> bool:
    """Return whether a crawl is the first that is done after a notification about failures.

    Raises StorageError.
    """
    with transaction("read how the last crawls ended"):
        crawl = Crawl.get_by_id(crawl_id)
        return crawl.outcome == DONE and any(
            one.failures_notified_at for one in _failed_before(crawl)
        )


def _set_failures_notified(crawl_id: int, at: datetime | None) -> None:
    Crawl.update(failures_notified_at=at).where(Crawl.id == crawl_id).execute()


def _failed_before(crawl: Crawl) -> Iterator[Crawl]:
    """Yield the failed crawls of the same spider and listing since the last one that was done."""
    same = (Crawl.spider == crawl.spider) & (fn.COALESCE(Crawl.target, "") == (crawl.target or ""))
    ended = Crawl.outcome.is_null(is_null=False) & (Crawl.outcome != INTERRUPTED)
    earlier: Any = Crawl.select().where(same, ended, Crawl.id < crawl.id).order_by(Crawl.id.desc())
    for one in earlier.iterator():
        if one.outcome == DONE:
            return
        yield one


def _notified_through(crawl_id: int) -> int:
    """Return the id of the last observation whose price drop was reported, or 0.

    Crawls of earlier versions reported nothing. Drops that they saw are not reported late.
    """
    reported = Crawl.select(fn.MAX(Crawl.notified_through)).scalar()
    if reported is not None:
        return int(reported)
    done = Crawl.select(fn.MAX(Crawl.id)).where(Crawl.outcome == DONE, Crawl.id < crawl_id)
    last = Observation.select(fn.MAX(Observation.id)).where(Observation.crawl <= done)
    return int(last.scalar() or 0)


def _price_drops(notified_through: int) -> Iterator[PriceDrop]:
    """Yield the products whose newest price is lower than the one that was current then."""
    priced = Observation.price_minor.is_null(is_null=False)
    newest = Observation.select(fn.MAX(Observation.id)).where(
        Observation.id > notified_through, priced
    ).group_by(Observation.product)  # fmt: skip
    earlier = _earlier_price(notified_through)
    query: Any = (
        Observation.select(Observation, Product, earlier.alias("earlier_minor"))
        .join(Product, on=(Observation.product == Product.id))
        .where(
            Observation.id.in_(newest),
            Product.deleted_at.is_null(),
            ~Product.edited_fields.contains('"price"'),
            Observation.price_minor < earlier,
        )
        .order_by(Observation.id)
    )
    for seen in query:
        product, currency = seen.product, str(seen.currency)
        prices = (Money(minor, currency) for minor in (seen.earlier_minor, seen.price_minor))
        yield PriceDrop(product.title, product.url, *prices)


def _earlier_price(notified_through: int) -> Any:
    """Return the comparable price that was current at an observation, or else the first after it.

    The latter is of a product that was added since, by a crawl that reported nothing.
    """
    seen = Observation.alias()
    prices = comparable_prices(seen, Observation, Observation.product)
    before = prices.where(seen.id <= notified_through).order_by(seen.id.desc()).limit(1)
    return fn.COALESCE(before, prices.where(seen.id > notified_through).order_by(seen.id).limit(1))
