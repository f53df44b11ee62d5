"""Read the pages of products that no listing shows any more."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from scrapy import Request
from scrapy.settings import BaseSettings

from aliscrape.arguments import parse_limit
from aliscrape.items import ProductPageItem
from aliscrape.outcome import Outcome, Run, StopCrawl
from aliscrape.pages.product.prices import chosen_price
from aliscrape.site import Locale, Site
from aliscrape.spiders.product_page_results import ProductPageResults
from aliscrape.spiders.product_pages import ProductPageQueue, max_age
from aliscrape.spiders.site_spider import SiteSpider
from db.models import Product
from db.unlisted import FOLLOWER, count_unlisted, listed_product, unlisted_products

NOTHING: Final = "There is nothing to follow: listings showed every product in the last two days."
BLOCKED: Final = "The site blocked the product page that was read last."


class FollowedPages(ProductPageQueue):
    """The pages of products that no listing has shown for two days, longest unseen first.

    Before them one product of the last listing is read. If it is there, the site is not at fault
    where it calls the others gone.
    """

    def __init__(self, limit: int, settings: BaseSettings, results: ProductPageResults) -> None:
        site, locale = Site.at(settings["SITE_URL"]), Locale.of(settings)
        super().__init__(site, locale, max_age(settings), results)
        self.limit = limit
        self.products: dict[str, Product] = {}
        self.total = 0
        """How many products there are to follow, those beyond the limit included."""

    def wanted_ids(self) -> list[str]:
        now = datetime.now(UTC)
        followed = unlisted_products(now, self.limit)
        if not followed:
            return []
        self.total = count_unlisted(now)
        self.products = {str(product.aliexpress_id): product for product in followed}
        listed = listed_product([product.id for product in followed])
        products = [listed, *followed] if listed else followed
        self.run.product_ids = {
            str(product.aliexpress_id): product.redirected_id for product in products
        }
        return list(self.run.product_ids)

    def completed(self, item: ProductPageItem) -> ProductPageItem:
        """Return the page of a followed product with its price; the listed one's stays as it is."""
        product = self.products.get(item.aliexpress_id or "")
        if product is None:
            return item
        followed = replace(item, is_followed=True, title=product.title, url=product.url)
        price = chosen_price(item.variants, product.sku_id)
        if price is None or price.currency not in {None, item.currency}:
            return followed
        stated = vars(price) | {"currency": item.currency, "list_price_currency": item.currency}
        return replace(followed, **stated)

    def _refused(self, aliexpress_id: str, error: StopCrawl) -> None:
        super()._refused(aliexpress_id, error)
        self.run.report(*error.ending)


class TrackedSpider(SiteSpider):
    """Follow stored products that no listing has shown for two days."""

    name = FOLLOWER

    def __init__(self, settings: BaseSettings, **arguments: object) -> None:
        super().__init__(settings)
        self.run = Run()
        results = ProductPageResults(self.run, self.keep_page, fewest_gone=1)
        self.pages = FollowedPages(parse_limit(arguments), settings, results)

    def next_request(self) -> Request | None:
        request = self.pages.next_request()
        if request is None:
            if self.pages.blocks_in_a_row:
                self.run.report(Outcome.BLOCKED, BLOCKED)
            followed, total = len(self.pages.products), self.pages.total
            words = f"Followed {followed} of {total} products that no listing showed for two days."
            self.run.report(Outcome.DONE, words if followed else NOTHING)
        return request
