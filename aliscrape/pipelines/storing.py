"""From clean items to the catalog."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.statscollectors import StatsCollector

from aliscrape.outcomes import Outcome, report
from aliscrape.pipelines.counting import CountingPipeline
from db.catalog import record_sightings
from db.database import StorageError
from db.money import Money
from db.sightings import Sighting

FACTS: Final = (
    "title",
    "image_url",
    "price",
    "shipping_price",
    "star_rating",
    "units_sold",
    "store_name",
)
"""The seven facts of the mission, whose coverage every crawl reports."""


class Seen(NamedTuple):
    """A sighting, and where the page had its facts from."""

    sighting: Sighting
    sources: Mapping[str, str]


class StorePipeline(CountingPipeline):
    """Writes products to the catalog, in one batch for each page.

    The batch goes out before the next request does and when the crawl comes to rest, so that a
    page's products are stored before anything else can go wrong.
    """

    def __init__(self, stats: StatsCollector) -> None:
        super().__init__(stats)
        self.batch: list[Seen] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        pipeline = super().from_crawler(crawler)
        crawler.signals.connect(pipeline.before_request, signal=signals.request_scheduled)
        crawler.signals.connect(pipeline.flush, signal=signals.spider_idle)
        return pipeline

    def process_item(self, item: Any) -> Any:
        product = ItemAdapter(item)
        self.batch.append(Seen(sighting_of(product), product["sources"]))
        return item

    def before_request(self) -> None:
        """Flush; where that fails, the request is not made: what it brings could not be kept."""
        if not self.flush():
            raise IgnoreRequest("The products of the page before could not be stored.")

    def close_spider(self) -> None:
        self.flush()

    def flush(self) -> bool:
        """Store the batch, and say whether nothing is left to be stored."""
        batch, self.batch = self.batch, []
        if not batch:
            return True
        try:
            recorded = record_sightings(
                self.stats.get_value("crawl/id"), [seen.sighting for seen in batch]
            )
        except StorageError as error:
            report(self.stats, Outcome.STORAGE_FAILED, str(error))
            self.stats.inc_value("products/failed", len(batch))
            return False
        for result in recorded:
            self.stats.inc_value(f"products/{result}")
        for seen in batch:
            self._count_facts(seen)
        return True

    def _count_facts(self, seen: Seen) -> None:
        self.stats.inc_value("coverage/products")
        for fact in FACTS:
            if getattr(seen.sighting, fact) is not None:
                self.stats.inc_value(f"coverage/{fact}/{seen.sources.get(fact, 'payload')}")


def sighting_of(product: ItemAdapter) -> Sighting:
    """What the catalog is told of a clean item."""

    def money(fact: str) -> Money | None:
        amount = product[fact]
        return None if amount is None else Money.of(amount, product["currency"])

    rating = product["star_rating"]
    return Sighting(
        aliexpress_id=product["aliexpress_id"],
        title=product["title"],
        url=product["url"],
        image_url=product["image_url"],
        price=money("price"),
        price_text=product["price_text"],
        list_price=money("list_price"),
        shipping_price=money("shipping_price"),
        shipping_text=product["shipping_text"],
        star_rating=None if rating is None else float(rating),
        units_sold=product["units_sold"],
        units_sold_text=product["units_sold_text"],
        store_name=product["store_name"],
        category=product["category"],
    )
