"""What all pipelines share: they count their decisions in the state of the crawl."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from aliscrape.outcome import Run


class RunPipeline:
    """Base class of the pipelines. It is disabled for spiders that are not ours, as in `bench`."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        run = getattr(crawler.spider, "run", None)
        if not isinstance(run, Run):
            raise NotConfigured
        return cls(run)
