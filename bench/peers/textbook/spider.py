"""The spider: one loader for each card, then the next page."""

from collections.abc import Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from bench.peers.textbook.items import ProductLoader


class ListingSpider(Spider):
    """Read all pages of a listing."""

    name = "listing"

    def __init__(self, url: str, pages: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.url, self.pages = url, int(pages)
        self.start_urls = [url]

    def parse(self, response: Response, page: int = 1) -> Iterator[Any]:
        """Yield the products of a page and the request of the next one."""
        for card in response.css("div.card"):
            loader = ProductLoader(selector=card)
            loader.add_css("aliexpress_id", "a::attr(href)", re=r"/item/(\d+)\.html")
            loader.add_css("title", "h3::text")
            loader.add_css("image_url", "img::attr(src)")
            loader.add_css("price", "div.price::text")
            loader.add_css("shipping_price", "div.shipping::text")
            loader.add_css("star_rating", "span.stars::text")
            loader.add_css("units_sold", "span.sold::text")
            loader.add_css("store_name", "span.store a::text")
            yield loader.load_item()
        if page < self.pages:
            following = f"{self.url}?page={page + 1}"
            yield Request(following, self.parse, cb_kwargs={"page": page + 1})
