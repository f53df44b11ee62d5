"""What crawls tell of products: each verb is one transaction, kept whole or not at all."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from db import details, sightings
from db.database import storage_errors, transaction
from db.details import Details
from db.models import Product
from db.observations import Histories
from db.products import known_products, update_product
from db.sightings import Sighting


class Recorded(StrEnum):
    """What became of a sighting."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    """A person deleted the product; crawls leave it out."""


def record_sightings(
    crawl: int, seen: Sequence[Sighting], at: datetime | None = None
) -> list[Recorded]:
    """Store what a crawl saw: add what is new, refresh what is known, observe what differs.

    Says for each sighting, in order, what became of it. Raises StorageError, and then none of
    them is stored.
    """
    now = at or datetime.now(UTC)
    with transaction("store what the crawl saw"):
        known = known_products(sighting.aliexpress_id for sighting in seen)
        histories = Histories(product.id for product in known.values())
        recorded = [_record(crawl, sighting, known, histories, now) for sighting in seen]
        histories.write()
        return recorded


def stored_ids(ids: Iterable[str]) -> set[str]:
    """Those of the AliExpress ids that the catalog has, deleted products included."""
    query = Product.select(Product.aliexpress_id).where(Product.aliexpress_id.in_(list(ids)))
    with storage_errors("read the stored products"):
        return {str(product.aliexpress_id) for product in query}


def without_details(ids: Iterable[str], visited_before: datetime) -> set[str]:
    """Those of the ids whose store name or shipping price the catalog does not know.

    Products that it does not have yet are among them; those that were deleted, and those whose
    page answered since `visited_before`, are not.
    """
    wanted = set(ids)
    with storage_errors("read which products lack details"):
        known = known_products(wanted).values()
    return wanted - {
        str(product.aliexpress_id)
        for product in known
        if product.deleted_at is not None
        or (product.visited_at is not None and product.visited_at >= visited_before)
        or (product.store_name is not None and product.shipping_price_minor is not None)
    }


def record_visit(
    aliexpress_id: str, told: Details | None, at: datetime | None = None
) -> dict[str, Any]:
    """Stamp a product whose page answered, and fill what it told; the facts that were filled.

    `told` is None for a page that answered that there is no such product. Raises StorageError.
    """
    now = at or datetime.now(UTC)
    with transaction(f"store what the page of product {aliexpress_id} told"):
        product = known_products([aliexpress_id]).get(aliexpress_id)
        if product is None or product.deleted_at is not None:
            return {}
        filled = details.changes(product, told) if told else {}
        stamps = {"visited_at": now} | ({"updated_at": now} if filled else {})
        update_product(product, **filled, **stamps)
        return filled


def _record(
    crawl: int,
    sighting: Sighting,
    known: dict[str, Product],
    histories: Histories,
    now: datetime,
) -> Recorded:
    """Store one sighting; `known` and `histories` are then what they are after it."""
    product = known.get(sighting.aliexpress_id)
    if product is None:
        product = known[sighting.aliexpress_id] = _add(crawl, sighting, now)
        histories.add(crawl, product.id, sighting, now)
        return Recorded.NEW
    if product.deleted_at is not None:
        return Recorded.IGNORED
    changed = sightings.changes(product, sighting)
    differs = histories.difference(product.id, sighting)
    stamps = {"last_seen_at": now, "first_seen_at": product.first_seen_at or now}
    if changed:
        stamps["updated_at"] = now
    if differs.price_dropped:
        stamps["price_dropped_at"] = now
    update_product(product, **changed, **stamps, last_crawl=crawl)
    if differs.observed:
        histories.add(crawl, product.id, sighting, now)
    return Recorded.CHANGED if changed or differs.observed else Recorded.UNCHANGED


def _add(crawl: int, sighting: Sighting, now: datetime) -> Product:
    product = Product(
        aliexpress_id=sighting.aliexpress_id, edited_fields=frozenset(), last_crawl=crawl
    )
    for column, value in sightings.changes(product, sighting).items():
        setattr(product, column, value)
    product.created_at = product.updated_at = now
    product.first_seen_at = product.last_seen_at = now
    product.save(force_insert=True)
    return product
