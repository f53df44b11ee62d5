"""`make prune`: delete old observations without which a price chart looks the same."""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from db.comparable_prices import is_comparable
from db.database import DEFAULT_URL, close_database, open_database, transaction
from db.errors import StorageError, storage_errors
from db.models import Observation, Product

_DAYS: Final = re.compile(r"[0-9]{1,5}")


class Observed(NamedTuple):
    """What the rule reads of an observation, by the names of its columns."""

    id: int
    seen_at: datetime
    currency: str | None
    condition_key: str | None
    sku_id: str | None
    price_minor: int | None


def kept_ids(observations: Sequence[Observed], dropped_at: datetime | None = None) -> set[int]:
    """Return which of the old observations of one product, oldest first, are kept.

    These are the first and the last one, and of each UTC day the lowest, the highest and the last
    price in each currency, of each variant and condition. The last one of a day is what the price
    was until the next day, and what the next price of its kind is compared with. Seeing no price
    counts as a kind of its own, because a chart has a gap there. The last price drop is kept, with
    the price before it.
    """
    days: dict[tuple[Any, ...], list[Observed]] = {}
    for seen in observations:
        kind = (seen.currency, seen.condition_key, seen.sku_id, seen.price_minor is None)
        days.setdefault((seen.seen_at.astimezone(UTC).date(), *kind), []).append(seen)
    ends = [observations[0], observations[-1]] if observations else []
    kept = {seen.id for seen in [*ends, *_drop(observations, dropped_at)]}
    return kept.union(*map(_kept_of_day, days.values()))


def _drop(observations: Sequence[Observed], dropped_at: datetime | None) -> list[Observed]:
    """Return the observation of a price drop and the one that it is compared with."""
    priced = [seen for seen in observations if seen.price_minor is not None]
    drops = [n for n, seen in enumerate(priced) if seen.seen_at == dropped_at]
    if not drops:
        return []
    drop = priced[drops[-1]]
    before = [seen for seen in priced[: drops[-1]] if is_comparable(seen, drop)]
    return [*before[-1:], drop]


def _kept_of_day(observations: Sequence[Observed]) -> set[int]:
    last = observations[-1]
    if last.price_minor is None:
        return {last.id}
    by_price = sorted(observations, key=lambda seen: seen.price_minor or 0)
    return {by_price[0].id, by_price[-1].id, last.id}


def prune(before: datetime) -> int:
    """Delete what is not needed of the observations before an instant; return how many.

    Crawls and the service go on meanwhile: they only add newer ones, and each product is a
    transaction of its own, so that nobody waits long. Raises StorageError.
    """
    with storage_errors("read the products"):
        products = list(Product.select(Product.id, Product.price_dropped_at))
    return sum(_prune_product(product, before) for product in products)


def _prune_product(product: Product, before: datetime) -> int:
    columns = [getattr(Observation, name) for name in Observed._fields]
    query = Observation.select(*columns).where(
        Observation.product == product, Observation.seen_at < before
    )
    with storage_errors("read the history"):
        rows: Iterable[Any] = query.order_by(Observation.id).tuples()
        observations = list(map(Observed._make, rows))
    kept = kept_ids(observations, product.price_dropped_at)
    deleted = [seen.id for seen in observations if seen.id not in kept]
    if not deleted:
        return 0
    with transaction("prune the history"):
        for observation_id in deleted:
            Observation.delete().where(Observation.id == observation_id).execute()
    return len(deleted)


def main(arguments: Sequence[str]) -> None:
    """Prune the database of DATABASE_URL, but keep all of the last days."""
    if len(arguments) != 1 or not _DAYS.fullmatch(arguments[0]):
        sys.exit("Say of how many days all is kept, as in: make prune KEEP_DAYS=90")
    try:
        open_database(os.environ.get("DATABASE_URL", DEFAULT_URL))
        deleted = prune(datetime.now(UTC) - timedelta(days=int(arguments[0])))
    except StorageError as error:
        sys.exit(str(error))
    finally:
        close_database()
    sys.stdout.write(f"Deleted {deleted} observations that were not needed.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
