"""Drop items that are no product, and products that this crawl already has."""

from scrapy.exceptions import DropItem

from aliscrape.items import ProductItem, ProductPageItem
from aliscrape.outcome import Outcome
from aliscrape.pipelines.run_pipeline import RunPipeline


class RequiredFieldsPipeline(RunPipeline):
    """Drop items without a product id or a title."""

    def process_item(self, item: ProductItem) -> ProductItem:
        self.run.count(f"{item.STATS_PREFIX}products/found")
        field = item.missing_field
        if field is not None:
            self.run.count("products/dropped")
            self.run.count(f"products/dropped/no {field}")
            self.run.report(Outcome.PARTIAL, "Cards of the listing could not be read.")
            raise DropItem(f"A card of the listing has no {field}.")
        return item


class DropDuplicatesPipeline(RunPipeline):
    """Drop products already seen in this crawl. Pages overlap, and ads repeat listed products."""

    def process_item(self, item: ProductItem) -> ProductItem:
        if isinstance(item, ProductPageItem):  # it completes a product of this crawl
            return item
        aliexpress_id = item.aliexpress_id or ""
        if aliexpress_id in self.run.product_ids:
            self.run.count("products/repeated")
            raise DropItem(f"Product {aliexpress_id} was seen before.", log_level="DEBUG")
        self.run.product_ids[aliexpress_id] = item.redirected_id
        return item
