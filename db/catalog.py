"""Store what crawls see of products. Each function is one transaction."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from db import product_pages, sightings
from db.batches import ProductBatch
from db.database import transaction
from db.errors import storage_errors
from db.fields import format_instant
from db.models import Product
from db.observations import Histories
from db.products import KnownProduct, known_products, unknown_product, update_product
from db.repeating import repeated
from db.sightings import PageFacts, Sighting


class _Writing(NamedTuple):
    """What a transaction writes at its end."""

    products: ProductBatch
    histories: Histories

    def write(self) -> None:
        self.products.write()
        self.histories.write()


class Recorded(StrEnum):
    """What became of a sighting."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    """A person deleted the product; crawls leave it out."""


@repeated
def record_sightings(
    crawl: int, seen: Sequence[Sighting], at: datetime | None = None
) -> list[Recorded]:
    """Store what a crawl saw: add what is new, refresh what is known, observe what differs.

    Says for each sighting, in order, what became of it. Raises StorageError, and then none of
    them is stored.
    """
    now = _text(at)
    with transaction("store what the crawl saw"):
        known = known_products(sighting.aliexpress_id for sighting in seen)
        writing = _Writing(ProductBatch(), Histories(known.values()))
        recorded = [_record(crawl, sighting, known, writing, now) for sighting in seen]
        writing.write()
        return recorded


@repeated
def stored_ids(ids: Iterable[str]) -> set[str]:
    """Those of the AliExpress ids that the catalog has, deleted products included."""
    query = Product.select(Product.aliexpress_id).where(Product.aliexpress_id.in_(list(ids)))
    with storage_errors("read the stored products"):
        return {str(product.aliexpress_id) for product in query}


@repeated
def ids_without_store_or_shipping(ids: Iterable[str], read_before: datetime) -> set[str]:
    """Return the ids whose store name or shipping price is unknown to the database.

    Ids that the database does not have are among them. Deleted products are not, nor are those
    whose product page was read since `read_before`. Raises StorageError.
    """
    wanted = set(ids)
    with storage_errors("read which products lack a store or a shipping price"):
        known = known_products(wanted).values()
    return wanted - {
        str(product.aliexpress_id)
        for product in known
        if product.deleted_at is not None
        or (product.product_page_read_at or "") >= format_instant(read_before)
        or (product.store_name is not None and product.shipping_price_minor is not None)
    }


@repeated
def record_product_page(
    aliexpress_id: str, page: PageFacts | None, at: datetime | None = None
) -> list[str]:
    """Store what a product page says and when it was read; return the facts that it filled.

    `page` is None if it says nothing because the product is not sold here. Raises StorageError.
    """
    now = _text(at)
    with transaction(f"store the page of product {aliexpress_id}"):
        product = known_products([aliexpress_id]).get(aliexpress_id)
        if product is None or product.deleted_at is not None:
            return []
        filled = product_pages.changes(product, page) if page else {}
        columns: dict[str, Any] = {"product_page_read_at": now}
        if page:
            columns |= _back(product)
        for changed in filled.values():
            columns |= changed
        if len(columns) > 1:
            columns["updated_at"] = now
        update_product(product, **columns)
        return list(filled)


@repeated
def record_followed_page(
    crawl: int, aliexpress_id: str, page: PageFacts, at: datetime | None = None
) -> Recorded:
    """Store what a crawl saw of a product on its own page, because no listing shows it any more.

    What is known of the listing's words about shipping stays. Raises StorageError.
    """
    now = _text(at)
    with transaction(f"store the page of product {aliexpress_id}"):
        product = known_products([aliexpress_id]).get(aliexpress_id)
        if product is None or product.deleted_at is not None:
            return Recorded.IGNORED
        sighting = product_pages.sighting(product, page)
        writing = _Writing(ProductBatch(), Histories([product]))
        product.listing_shipping_text = sighting.shipping_text  # kept: no listing was read
        recorded = _record(crawl, sighting, {aliexpress_id: product}, writing, now)
        writing.products.update(product, product_page_read_at=now)
        writing.write()
        return recorded


@repeated
def record_gone(aliexpress_id: str, at: datetime | None = None) -> None:
    """Store that the site says that a product does not exist, and since when. Raises StorageError.

    Nothing else of the product changes.
    """
    now = _text(at)
    with transaction(f"store that product {aliexpress_id} is gone"):
        product = known_products([aliexpress_id]).get(aliexpress_id)
        if product is None or product.deleted_at is not None:
            return
        columns: dict[str, Any] = {"product_page_read_at": now}
        if product.gone_at is None:
            columns |= {"gone_at": now, "updated_at": now}
        update_product(product, **columns)


def _record(
    crawl: int,
    sighting: Sighting,
    known: dict[str, KnownProduct],
    writing: _Writing,
    now: str,
) -> Recorded:
    """Record one sighting. `known` and `writing` are then what they are after it."""
    seen = sighting.observed()
    product = known.get(sighting.aliexpress_id)
    if product is None:
        product = known[sighting.aliexpress_id] = _new_product(crawl, sighting, now)
        writing.products.add(product)
        writing.histories.add(crawl, product, seen, now)
        return Recorded.NEW
    if product.deleted_at is not None:
        return Recorded.IGNORED
    changed = sightings.changes(product, sighting) | _back(product)
    differs = writing.histories.difference(product, seen)
    stamps: dict[str, Any] = {"redirected_id": sighting.redirected_id}
    stamps |= {"last_seen_at": now, "first_seen_at": product.first_seen_at or now}
    if changed:
        stamps["updated_at"] = now
    if differs.price_dropped:
        stamps["price_dropped_at"] = now
    writing.products.update(product, **changed, **stamps, last_crawl_id=crawl)
    if differs.observed:
        writing.histories.add(crawl, product, seen, now)
    return Recorded.CHANGED if changed or differs.observed else Recorded.UNCHANGED


def _back(product: KnownProduct) -> dict[str, Any]:
    """Return the column that changes when a product is seen that was gone."""
    return {} if product.gone_at is None else {"gone_at": None}


def _new_product(crawl: int, sighting: Sighting, now: str) -> KnownProduct:
    product = unknown_product()
    stamps = dict.fromkeys(("created_at", "updated_at", "first_seen_at", "last_seen_at"), now)
    identity = {"aliexpress_id": sighting.aliexpress_id, "redirected_id": sighting.redirected_id}
    product.columns.update(
        identity, **stamps, **sightings.changes(product, sighting), last_crawl_id=crawl
    )
    return product


def _text(at: datetime | None) -> str:
    """Return an instant, by default now, as it is stored."""
    return format_instant(at or datetime.now(UTC))
