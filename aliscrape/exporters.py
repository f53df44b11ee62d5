"""Feed exports (`-O products.csv`): one row per product, complete with its product page."""

from collections.abc import Iterable
from typing import Any, Final, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.exporters import CsvItemExporter, XmlItemExporter
from scrapy.extensions.feedexport import FeedExporter

from aliscrape.items import ProductItem, ProductPageItem
from aliscrape.outcome import Outcome, Run
from db.spreadsheets import disarmed

_FILLED: Final = {
    "store_name": "store_name",
    "star_rating": "star_rating_text",
    "units_sold": "units_sold_text",
    "shipping_price": "shipping_text",
}
"""The facts that a product page adds, and the words beside them."""


class ProductFeedExporter(FeedExporter):
    """Export products when the spider closes, each with what its product page says."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.products: dict[str | None, ProductItem] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        try:
            return super().from_crawler(crawler)
        except NotConfigured:
            run = getattr(crawler.spider, "run", None)
            if crawler.settings["FEEDS"] and isinstance(run, Run):
                feeds = ", ".join(map(str, crawler.settings.getdict("FEEDS")))
                run.report(Outcome.PARTIAL, f"Could not export to {feeds}. See the log above.")
            raise

    def item_scraped(self, item: Any, spider: Spider) -> None:
        if not isinstance(item, ProductItem):
            super().item_scraped(item, spider)
        elif not isinstance(item, ProductPageItem) or (item.is_followed and not item.absence):
            self.products[item.aliexpress_id] = item
        elif item.aliexpress_id in self.products:
            complete(self.products[item.aliexpress_id], item)

    async def close_spider(self, spider: Spider) -> None:
        """Write all rows. An exception on the way is not hidden in a task: the crawl reports it."""
        try:
            for item in self.products.values():
                super().item_scraped(item, spider)
            for slot in self.slots:
                slot.finish_exporting()
        finally:
            await super().close_spider(spider)


def complete(product: ProductItem, page: ProductPageItem) -> None:
    """Fill the facts that the listing does not say, as `db.product_pages` does in the database."""
    for fact, words in _FILLED.items():
        if getattr(product, fact) is not None or getattr(page, fact) is None:
            continue
        if fact == "shipping_price":
            if product.currency not in {None, page.currency}:
                continue
            product.currency = page.currency
        setattr(product, fact, getattr(page, fact))
        setattr(product, words, getattr(page, words) or getattr(product, words))


class SpreadsheetSafeCsvExporter(CsvItemExporter):
    """Write CSV in which no text runs as a formula."""

    def _build_row(self, values: Iterable[Any]) -> Iterable[Any]:
        return super()._build_row(map(disarmed, values))


class NullAsEmptyXmlExporter(XmlItemExporter):
    """Write XML in which an unknown value is an empty element, not the word "None"."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        return "" if value is None else super().serialize_field(field, name, value)
