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
DETAILS_MAX_AGE_DAYS = os.environ.get("DETAILS_MAX_AGE_DAYS", "30")
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

# Patience: what is waited for, and what is not
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]  # 429 and 503 have a middleware of their own
RETRY_PAUSE = 30  # seconds before a busy site is asked again, doubled each time
DOWNLOAD_TIMEOUT = 60
ROBOTSTXT_TIMEOUT = 20  # a robots.txt that takes longer counts as one that cannot be reached
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
CLOSESPIDER_TIMEOUT = 3 * 60 * 60
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": ALIEXPRESS_LOCALE.replace("_", "-"),
    "Accept-Encoding": "gzip",  # the one whose checksum tells a damaged page from a whole one
}

# What Scrapy leaves open to others
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
METAREFRESH_ENABLED = False

DOWNLOAD_HANDLERS = dict.fromkeys(
    ("http", "https"), "aliscrape.browser.downloading.VisitingDownloadHandler"
)
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "aliscrape.middlewares.RobotsMiddleware": 100,
    "aliscrape.middlewares.LocaleCookieMiddleware": 450,
    "aliscrape.middlewares.PatienceMiddleware": 560,
    "aliscrape.middlewares.IntegrityMiddleware": 595,
    "aliscrape.middlewares.SiteRedirectMiddleware": 600,
}

# Items are processed in the order of the page, so that a batch is whole before the next request
CONCURRENT_ITEMS = 1
ITEM_PIPELINES = {
    "aliscrape.pipelines.IdentityPipeline": 100,
    "aliscrape.pipelines.PricePipeline": 200,
    "aliscrape.pipelines.UnitsSoldPipeline": 300,
    "aliscrape.pipelines.DuplicatesPipeline": 400,
    "aliscrape.pipelines.StorePipeline": 500,
}
EXTENSIONS = {
    "aliscrape.extensions.CrawlRecord": 0,
    "aliscrape.extensions.Progress": 10,
}

FAILED_PAGES = "data/failed-pages"
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = EXPORTED_FIELDS
FEED_EXPORTERS = {"csv": "aliscrape.exporters.SpreadsheetSafeCsvExporter"}

LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOG_FORMATTER = "aliscrape.logs.QuietLogFormatter"
WARN_ON_GENERATOR_RETURN_VALUE = False  # our callbacks return early; the check reads their source
