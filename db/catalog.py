"""The write verbs of products: each is one transaction, kept whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from db import details, edits, observations, sightings
from db.database import storage_errors, transaction
from db.details import Details
from db.models import Product
from db.sightings import Sighting


class Recorded(StrEnum):
    """What became of a sighting."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    """A person deleted the product; crawls leave it out."""


class UnknownProduct(LookupError):
    """There is no product with that id."""


class AlreadyStored(Exception):
    """The catalog has a product with that AliExpress id; `product_id` is its id here."""

    def __init__(self, aliexpress_id: str, product_id: int) -> None:
        super().__init__(f"Product {product_id} has the aliexpress_id {aliexpress_id} already.")
        self.product_id = product_id


def record_sightings(
    crawl: int, seen: Sequence[Sighting], at: datetime | None = None
) -> list[Recorded]:
    """Store what a crawl saw: add what is new, refresh what is known, observe what differs.

    Says for each sighting, in order, what became of it. Raises StorageError, and then none of
    them is stored.
    """
    now = at or datetime.now(UTC)
    with transaction("store what the crawl saw"):
        known = _known(sighting.aliexpress_id for sighting in seen)
        return [_record(crawl, sighting, known, now) for sighting in seen]


def stored_ids(ids: Iterable[str]) -> set[str]:
    """Those of the AliExpress ids that the catalog has, deleted products included."""
    query = Product.select(Product.aliexpress_id).where(Product.aliexpress_id.in_(list(ids)))
    with storage_errors("read the stored products"):
        return {str(product.aliexpress_id) for product in query}


def create_product(
    values: Mapping[str, Any],
    aliexpress_id: str | None = None,
    held: Iterable[str] | None = None,
    at: datetime | None = None,
) -> Product:
    """Add a product that a person makes (see `edits.creation`) and return it.

    One that was deleted is brought back under its old id, with the new facts and its history.
    Raises AlreadyStored, InvalidEdit and StorageError; then nothing is changed.
    """
    now = at or datetime.now(UTC)
    columns = edits.creation(values, held) | {"updated_at": now}
    with transaction("add a product"):
        product = _known([aliexpress_id]).get(aliexpress_id) if aliexpress_id else None
        if product is None:
            return Product.create(aliexpress_id=aliexpress_id, created_at=now, **columns)
        if product.deleted_at is None:
            raise AlreadyStored(str(aliexpress_id), product.id)
        _update(product, **columns, deleted_at=None)
        return product


def without_details(ids: Iterable[str], visited_before: datetime) -> set[str]:
    """Those of the ids whose store name or shipping price the catalog does not know.

    Products that it does not have yet are among them; those that were deleted, and those whose
    page answered since `visited_before`, are not.
    """
    wanted = set(ids)
    with storage_errors("read which products lack details"):
        known = _known(wanted).values()
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
        product = _known([aliexpress_id]).get(aliexpress_id)
        if product is None or product.deleted_at is not None:
            return {}
        filled = details.changes(product, told) if told else {}
        stamps = {"visited_at": now} | ({"updated_at": now} if filled else {})
        _update(product, **filled, **stamps)
        return filled


def edit_product(
    product_id: int,
    values: Mapping[str, Any],
    held: Iterable[str] | None = None,
    at: datetime | None = None,
) -> Product:
    """Apply a person's edit (see `edits.changes`) and return the product as it is now.

    Raises UnknownProduct, InvalidEdit and StorageError; then nothing is changed.
    """
    with transaction(f"edit product {product_id}"):
        product = Product.get_or_none(Product.id == product_id, Product.deleted_at.is_null())
        if product is None:
            raise UnknownProduct(f"There is no product {product_id}.")
        changed = edits.changes(product, values, held)
        if changed:
            _update(product, **changed, updated_at=at or datetime.now(UTC))
        return product


def _known(ids: Iterable[str]) -> dict[str, Product]:
    query = Product.select().where(Product.aliexpress_id.in_(list(ids)))
    return {str(product.aliexpress_id): product for product in query}


def _record(crawl: int, sighting: Sighting, known: dict[str, Product], now: datetime) -> Recorded:
    product = known.get(sighting.aliexpress_id)
    if product is None:
        product = known[sighting.aliexpress_id] = _add(crawl, sighting, now)
        observations.write_observation(crawl, product.id, sighting, now)
        return Recorded.NEW
    if product.deleted_at is not None:
        return Recorded.IGNORED
    changed = sightings.changes(product, sighting)
    differs = observations.difference(product.id, sighting)
    stamps = {"last_seen_at": now, "first_seen_at": product.first_seen_at or now}
    if changed:
        stamps["updated_at"] = now
    if differs.price_dropped:
        stamps["price_dropped_at"] = now
    _update(product, **changed, **stamps, last_crawl=crawl)
    if differs.observed:
        observations.write_observation(crawl, product.id, sighting, now)
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


def _update(product: Product, **columns: Any) -> None:
    Product.update(columns).where(Product.id == product.id).execute()
    for column, value in columns.items():
        setattr(product, column, value)
