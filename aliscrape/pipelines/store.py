"""Write clean items to the database."""

from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from aliscrape.items import FACTS, Absence, ProductItem, ProductPageItem
from aliscrape.outcome import Outcome, Run
from aliscrape.pipelines.run_pipeline import RunPipeline
from db.catalog import record_followed_page, record_gone, record_product_page, record_sightings
from db.errors import StorageError
from db.money import Money
from db.sightings import PageFacts, Sighting

_PLAIN: Final = (
    "price_text price_condition sku_id shipping_text units_sold units_sold_text store_name".split()
)
"""Facts that the database has as the item has them."""


class StorePipeline(RunPipeline):
    """Collect items and write them to the database, in one transaction for each listing page.

    The spider calls `write` after each page, before it requests the next one.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.sightings: list[tuple[ProductItem, Sighting]] = []
        self.product_pages: list[ProductPageItem] = []

    def process_item(self, item: ProductItem) -> ProductItem:
        if isinstance(item, ProductPageItem):
            self.product_pages.append(item)
        else:
            self.sightings.append((item, to_sighting(item)))
        return item

    def close_spider(self) -> None:
        """Write what a crawl has collected that is stopped in the middle of a page."""
        with suppress(StorageError):  # it is reported
            self.write()

    def write(self) -> None:
        """Write what was collected. Any failure is reported and raised, such as StorageError."""
        crawl_id = self.run.crawl_id
        if crawl_id is None:  # `scrapy parse --pipelines`, which stores nothing
            return
        sightings, self.sightings = self.sightings, []
        product_pages, self.product_pages = self.product_pages, []
        try:
            if sightings:
                self._write_sightings(crawl_id, sightings)
            for page in product_pages:
                self._write_product_page(crawl_id, page)
        except Exception as error:
            known = isinstance(error, StorageError)
            reason = str(error) if known else f"Products could not be stored: {error!r}."
            self.run.report(Outcome.STORAGE_FAILED, reason)
            self.run.count("products/failed", len(sightings))
            raise

    def _write_sightings(
        self, crawl_id: int, sightings: list[tuple[ProductItem, Sighting]]
    ) -> None:
        recorded = record_sightings(crawl_id, [sighting for _, sighting in sightings])
        for result in recorded:
            self.run.count(f"products/{result}")
        self.run.count("coverage/products", len(sightings))
        for item, _ in sightings:
            for fact in FACTS:
                if getattr(item, fact) is not None:
                    self.run.count(f"coverage/{fact}/{item.sources.get(fact, 'payload')}")

    def _write_product_page(self, crawl_id: int, item: ProductPageItem) -> None:
        aliexpress_id = item.aliexpress_id or ""
        if item.absence is Absence.GONE:
            record_gone(aliexpress_id)
            return
        page = None if item.absence else PageFacts(**_facts(item))
        if page and item.is_followed:
            self.run.count("products/found")
            result = record_followed_page(crawl_id, aliexpress_id, page)
            self.run.count(f"products/{result}")
            return
        for fact in record_product_page(aliexpress_id, page):
            self.run.count(f"coverage/{fact}/product page")


def to_sighting(item: ProductItem) -> Sighting:
    """Return what the database is told about a product of a listing."""
    return Sighting(
        aliexpress_id=item.aliexpress_id or "",
        redirected_id=item.redirected_id,
        title=item.title or "",
        url=item.url,
        image_url=item.image_url,
        category=item.category,
        **_facts(item),
    )


def _facts(item: ProductItem) -> dict[str, Any]:
    """Return what a page says of a product, with money and stars as the database has them."""
    return {name: getattr(item, name) for name in _PLAIN} | {
        "price": _money(item.price, item.currency),
        "list_price": _money(item.list_price, item.currency),
        "shipping_price": _money(item.shipping_price, item.currency),
        "star_rating": None if item.star_rating is None else float(item.star_rating),
    }


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money.of(amount, currency)
