"""Run `scrapy crawl` on a listing that is longer than those of the site.

The spider stops where the site's listings end, after 60 pages. Start: `python -m bench.long_crawl
category -a url=…`
"""

import sys
from typing import Final

from scrapy.cmdline import execute

from aliscrape.spiders import pagination

MOST_PAGES: Final = 100_000

if __name__ == "__main__":
    vars(pagination)["LAST_PAGE"] = MOST_PAGES
    execute(["scrapy", "crawl", *sys.argv[1:]])
