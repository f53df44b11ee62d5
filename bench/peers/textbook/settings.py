"""Settings, as `scrapy startproject` makes them, without the pause between requests."""

import os

BOT_NAME = "textbook"
SPIDER_MODULES = ["bench.peers.textbook"]
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"
DATABASE = os.environ.get("TEXTBOOK_DATABASE", "textbook.db")
ITEM_PIPELINES = {
    "bench.peers.textbook.pipelines.CleanPricePipeline": 100,
    "bench.peers.textbook.pipelines.ParseSoldCountPipeline": 200,
    "bench.peers.textbook.pipelines.DropDuplicatesPipeline": 300,
    "bench.peers.textbook.pipelines.StorePipeline": 400,
}
