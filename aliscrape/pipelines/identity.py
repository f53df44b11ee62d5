"""Which items are products, and which of them are had already."""

from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem
from scrapy.statscollectors import StatsCollector

from aliscrape.outcomes import Outcome, report
from aliscrape.pipelines.counting import CountingPipeline


class IdentityPipeline(CountingPipeline):
    """Drops what is no product: without an id it cannot be told from others, nor shown untitled."""

    def process_item(self, item: Any) -> Any:
        product = ItemAdapter(item)
        self.stats.inc_value("products/found")
        for fact in ("aliexpress_id", "title"):
            if not product[fact]:
                self.stats.inc_value("products/dropped")
                self.stats.inc_value(f"products/dropped/no {fact}")
                report(self.stats, Outcome.PARTIAL, "Cards of the listing could not be read.")
                raise DropItem(f"A card of the listing has no {fact}.")
        return item


class DuplicatesPipeline(CountingPipeline):
    """Drops what this run has had already: pages overlap, and ads repeat what is listed."""

    def __init__(self, stats: StatsCollector) -> None:
        super().__init__(stats)
        self.seen: set[str] = set()

    def process_item(self, item: Any) -> Any:
        aliexpress_id = ItemAdapter(item)["aliexpress_id"]
        if aliexpress_id in self.seen:
            self.stats.inc_value("products/repeated")
            raise DropItem(f"Product {aliexpress_id} was seen before.", log_level="DEBUG")
        self.seen.add(aliexpress_id)
        return item
