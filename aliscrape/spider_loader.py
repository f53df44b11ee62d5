"""Choose the spider of a page's address, for `scrapy parse` and `scrapy shell`."""

from scrapy import Request
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from aliscrape.site import Site
from aliscrape.spiders.category import CategorySpider


class SiteSpiderLoader(SpiderLoader):
    """Scrapy's spider loader, which knows that the pages of SITE_URL are for `category`.

    Scrapy's own looks at class attributes, and the domains of our spiders depend on a setting.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._site_url: str = settings["SITE_URL"]

    def find_by_request(self, request: Request) -> list[str]:
        return [CategorySpider.name] if Site.at(self._site_url).has(request.url) else []
