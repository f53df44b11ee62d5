"""Scrapy settings: polite defaults, the order of the pipelines, the environment's variables.

Every setting can be changed for a run with `-s NAME=VALUE`.
"""

import os

from aliscrape import __version__
from aliscrape.items import EXPORTED_FIELDS
from aliscrape.site import ALIEXPRESS
from db.database import DEFAULT_URL

BOT_NAME = "aliscrape"
SPIDER_MODULES = ["aliscrape.spiders"]
NEWSPIDER_MODULE = "aliscrape.spiders"
COMMANDS_MODULE = "aliscrape.commands"

# The environment's variables
DATABASE_URL = os.environ.get("DATABASE_URL", DEFAULT_URL)
SITE_URL = os.environ.get("SITE_URL", ALIEXPRESS)
ALIEXPRESS_CURRENCY = os.environ.get("ALIEXPRESS_CURRENCY", "USD")
ALIEXPRESS_REGION = os.environ.get("ALIEXPRESS_REGION", "US")
ALIEXPRESS_LOCALE = os.environ.get("ALIEXPRESS_LOCALE", "en_US")
ALISCRAPE_CONTACT = os.environ.get("ALISCRAPE_CONTACT", "")

# A good guest: says who it is, asks first, comes alone and takes its time
_contact = f" (+{ALISCRAPE_CONTACT})" if ALISCRAPE_CONTACT else ""
USER_AGENT = f"aliscrape/{__version__}{_contact}"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "aliscrape"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 3
DOWNLOAD_DELAY_JITTER = 0
COOKIES_ENABLED = False  # the locale cookie is a header of every request; no other is kept

# What Scrapy leaves open to others
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
METAREFRESH_ENABLED = False

# Items are processed in the order of the page, so that a batch is whole before the next request
CONCURRENT_ITEMS = 1
ITEM_PIPELINES = {
    "aliscrape.pipelines.IdentityPipeline": 100,
    "aliscrape.pipelines.PricePipeline": 200,
    "aliscrape.pipelines.UnitsSoldPipeline": 300,
    "aliscrape.pipelines.DuplicatesPipeline": 400,
    "aliscrape.pipelines.StorePipeline": 500,
}
DOWNLOADER_MIDDLEWARES = {"aliscrape.middlewares.LocaleCookieMiddleware": 450}
EXTENSIONS = {"aliscrape.extensions.CrawlRecord": 0}

FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = EXPORTED_FIELDS
LOG_LEVEL = "INFO"
WARN_ON_GENERATOR_RETURN_VALUE = False  # our callbacks return early; the check reads their source
