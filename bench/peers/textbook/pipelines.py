"""The four item pipelines."""

import re
from decimal import Decimal
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from bench.peers.textbook.models import Product, database


class CleanPricePipeline:
    """Turn prices into decimals."""

    def process_item(self, item: Any) -> Any:
        """Return the item with clean prices."""
        item["price"] = _amount(item["price"])
        is_free = item["shipping_price"].startswith("Free")
        item["shipping_price"] = Decimal(0) if is_free else _amount(item["shipping_price"])
        item["star_rating"] = float(item["star_rating"])
        return item


class ParseSoldCountPipeline:
    """Turn the sold count into a number."""

    def process_item(self, item: Any) -> Any:
        """Return the item with a number of units sold."""
        item["units_sold"] = int(re.sub(r"\D", "", item["units_sold"]))
        return item


class DropDuplicatesPipeline:
    """Drop products that were seen before in this run."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def process_item(self, item: Any) -> Any:
        """Return the item unless its id was seen before."""
        if item["aliexpress_id"] in self.seen:
            raise DropItem(f"Duplicate product: {item['aliexpress_id']}")
        self.seen.add(item["aliexpress_id"])
        return item


class StorePipeline:
    """Store each product."""

    def __init__(self, path: str) -> None:
        self.path = path

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["DATABASE"])

    def open_spider(self) -> None:
        """Open the database and create the table."""
        database.init(self.path)
        database.connect()
        database.create_tables([Product])

    def close_spider(self) -> None:
        """Close the database."""
        database.close()

    def process_item(self, item: Any) -> Any:
        """Create the product, unless it is stored."""
        if not Product.select().where(Product.aliexpress_id == item["aliexpress_id"]).exists():
            Product.create(**item)
        return item


def _amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", text))
