"""An empty Scrapy project: one request, nothing read. Its settings and its spider."""

from typing import Any

from scrapy import Spider
from scrapy.http import Response

BOT_NAME = "empty"
SPIDER_MODULES = ["bench.peers.empty"]
ROBOTSTXT_OBEY = True
LOG_LEVEL = "INFO"


class EmptySpider(Spider):
    """Request one page."""

    name = "empty"

    def __init__(self, url: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = [url]

    def parse(self, response: Response) -> None:
        """Read nothing."""
