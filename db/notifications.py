"""What is to be told after a crawl, and what was told already.

A crawl that is done tells the price drops since the last one that was, those that other crawls saw
included. Both are remembered in the crawl's row, so that nothing is told twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from peewee import fn

from db.comparable_prices import comparable
from db.database import transaction
from db.models import Crawl, Observation, Product
from db.money import Money

DONE: Final = "done"
INTERRUPTED: Final = "interrupted"
"""An interrupted crawl went neither well nor wrong."""
IN_A_ROW: Final = 3
"""After so many crawls that went wrong somebody is told."""


@dataclass(frozen=True, slots=True)
class PriceDrop:
    """A product whose price is lower than it was when price drops were last told."""

    title: str
    url: str | None
    earlier: Money
    later: Money


def take_price_drops(crawl_id: int) -> list[PriceDrop]:
    """Return the price drops that were not told yet, and mark them as told by this crawl.

    Without an earlier crawl that told any, those that this crawl saw. Raises StorageError.
    """
    with transaction("read the price drops"):
        last: int = Observation.select(fn.MAX(Observation.id)).scalar() or 0
        drops = list(_price_drops(_told_through(crawl_id)))
        Crawl.update(told_through=last).where(Crawl.id == crawl_id).execute()
        return drops


def return_price_drops(crawl_id: int) -> None:
    """Mark the price drops of a crawl as not told, so that the next one tells them.

    Raises StorageError.
    """
    with transaction("write down that no price drop was told"):
        row = Crawl.id == crawl_id
        Crawl.update(told_through=None).where(row).execute()
        Crawl.update(told_through=_told_through(crawl_id)).where(row).execute()


def take_trouble(crawl_id: int) -> int:
    """Return how many crawls in a row went wrong up to this one, or 0 if nobody is to be told.

    Somebody is told of three or more, but only once. Raises StorageError.
    """
    with transaction("read how the last crawls ended"):
        crawl = Crawl.get_by_id(crawl_id)
        if crawl.outcome in {DONE, INTERRUPTED}:
            return 0
        wrong = [crawl, *_wrong_before(crawl)]
        if len(wrong) < IN_A_ROW or any(one.trouble_told_at for one in wrong):
            return 0
        _set_trouble_told(crawl_id, datetime.now(UTC))
        return len(wrong)


def return_trouble(crawl_id: int) -> None:
    """Mark the trouble of a crawl as not told. Raises StorageError."""
    with transaction("write down that nobody was told"):
        _set_trouble_told(crawl_id, None)


def is_well_again(crawl_id: int) -> bool:
    """Return whether a crawl is the first that is done after somebody was told of trouble.

    Raises StorageError.
    """
    with transaction("read how the last crawls ended"):
        crawl = Crawl.get_by_id(crawl_id)
        return crawl.outcome == DONE and any(one.trouble_told_at for one in _wrong_before(crawl))


def _set_trouble_told(crawl_id: int, at: datetime | None) -> None:
    Crawl.update(trouble_told_at=at).where(Crawl.id == crawl_id).execute()


def _wrong_before(crawl: Crawl) -> Iterator[Crawl]:
    """Yield the crawls of the same spider and listing that went wrong since one was done."""
    same = (Crawl.spider == crawl.spider) & (fn.COALESCE(Crawl.target, "") == (crawl.target or ""))
    ended = Crawl.outcome.is_null(is_null=False) & (Crawl.outcome != INTERRUPTED)
    earlier: Any = Crawl.select().where(same, ended, Crawl.id < crawl.id).order_by(Crawl.id.desc())
    for one in earlier.iterator():
        if one.outcome == DONE:
            return
        yield one


def _told_through(crawl_id: int) -> int:
    """Return the last observation whose price drop was told, else 0.

    Crawls of earlier versions told nothing. Drops that they saw are not told late.
    """
    told = Crawl.select(fn.MAX(Crawl.told_through)).scalar()
    if told is not None:
        return int(told)
    done = Crawl.select(fn.MAX(Crawl.id)).where(Crawl.outcome == DONE, Crawl.id < crawl_id)
    last = Observation.select(fn.MAX(Observation.id)).where(Observation.crawl <= done)
    return int(last.scalar() or 0)


def _price_drops(told_through: int) -> Iterator[PriceDrop]:
    """Yield the products whose newest price is lower than the one that was current then."""
    priced = Observation.price_minor.is_null(is_null=False)
    newest = Observation.select(fn.MAX(Observation.id)).where(
        Observation.id > told_through, priced
    ).group_by(Observation.product)  # fmt: skip
    earlier = _earlier_price(told_through)
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


def _earlier_price(told_through: int) -> Any:
    """Return the comparable price that was current at an observation, or else the first after it.

    The latter is of a product that was added since, by a crawl that told nothing.
    """
    seen = Observation.alias()
    prices = seen.select(seen.price_minor).where(
        seen.product == Observation.product,
        seen.price_minor.is_null(is_null=False),
        comparable(seen, Observation),
    )
    before = prices.where(seen.id <= told_through).order_by(seen.id.desc()).limit(1)
    return fn.COALESCE(before, prices.where(seen.id > told_through).order_by(seen.id).limit(1))
