"""Scrapy settings: polite defaults, the order of the pipelines, the environment variables.

Every setting can be changed for one crawl with `-s NAME=VALUE`.
"""

import os

from scrapy.settings import default_settings

from aliscrape import __version__
from aliscrape.items import EXPORTED_FIELDS
from aliscrape.site import ALIEXPRESS
from db.database import DEFAULT_URL

BOT_NAME = "aliscrape"
SPIDER_MODULES = ["aliscrape.spiders"]
NEWSPIDER_MODULE = "aliscrape.spiders"
COMMANDS_MODULE = "aliscrape.commands"

SPIDER_LOADER_CLASS = "aliscrape.spider_loader.SiteSpiderLoader"

# Environment variables
DATABASE_URL = os.environ.get("DATABASE_URL", DEFAULT_URL)
SITE_URL = os.environ.get("SITE_URL", ALIEXPRESS)
ALIEXPRESS_CURRENCY = os.environ.get("ALIEXPRESS_CURRENCY", "USD")
ALIEXPRESS_REGION = os.environ.get("ALIEXPRESS_REGION", "US")
ALIEXPRESS_LOCALE = os.environ.get("ALIEXPRESS_LOCALE", "en_US")
DETAILS_MAX_AGE_DAYS = os.environ.get("DETAILS_MAX_AGE_DAYS", "30")
ALISCRAPE_BROWSER = os.environ.get("ALISCRAPE_BROWSER", "")
ALISCRAPE_NO_SANDBOX = os.environ.get("ALISCRAPE_NO_SANDBOX", "")
ALISCRAPE_CONTACT = os.environ.get("ALISCRAPE_CONTACT", "")
ALISCRAPE_NOTIFY = os.environ.get("ALISCRAPE_NOTIFY", "")
ALISCRAPE_NOTIFY_PERCENT = os.environ.get("ALISCRAPE_NOTIFY_PERCENT", "0")
ALISCRAPE_NOTIFY_AMOUNT = os.environ.get("ALISCRAPE_NOTIFY_AMOUNT", "0")

# Identify ourselves, obey robots.txt, make one request at a time and pause between requests
USER_AGENT = f"aliscrape/{__version__}"  # ALISCRAPE_CONTACT is added to it
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "aliscrape"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 3
DOWNLOAD_DELAY_JITTER = 0
COOKIES_ENABLED = True  # for one crawl, in memory: the site's regions redirect until they are set

# Retries, timeouts and limits
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]  # 429 and 503 have a middleware of their own
RETRY_PAUSE = 30  # seconds before a busy site is requested again, doubled each time
DOWNLOAD_TIMEOUT = 60
ROBOTSTXT_TIMEOUT = 20  # a robots.txt that takes longer counts as unreadable
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 10  # passing cookies between the regions of the site takes four
CLOSESPIDER_TIMEOUT = 3 * 60 * 60
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip",  # the one with a checksum, which shows damaged pages
}

# Workers: the pause before a crawl that failed is tried again, four times as long each time, and
# after how long without a heartbeat a worker is dead. Both in seconds.
JOB_PAUSE = 300
WORKER_TIMEOUT = 90

# Off: what lets others run code or redirect us
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS_BASE = {  # and not even imported, which would take a tenth of a start
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if not name.endswith((".TelnetConsole", ".RemoteControl"))
}
DOWNLOAD_VERIFY_CERTIFICATES = True
METAREFRESH_ENABLED = False

# Product pages: a browser, which only starts when a page needs it
DOWNLOAD_HANDLERS = dict.fromkeys(
    ("http", "https"), "aliscrape.browser.downloading.BrowserDownloadHandler"
)
PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT = 15_000  # milliseconds

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "aliscrape.middlewares.robots.RobotsMiddleware": 100,
    "aliscrape.middlewares.retry_after.RetryAfterMiddleware": 560,
    "aliscrape.middlewares.integrity.IntegrityMiddleware": 595,
    "aliscrape.middlewares.redirects.SiteRedirectMiddleware": 600,
    "aliscrape.middlewares.cookies.SiteCookiesMiddleware": 700,
}

CONCURRENT_ITEMS = 1  # items are processed in the order of the page
ITEM_PIPELINES = {
    "aliscrape.pipelines.dropping.RequiredFieldsPipeline": 100,
    "aliscrape.pipelines.clean_price.CleanPricePipeline": 200,
    "aliscrape.pipelines.sold_count.ParseSoldCountPipeline": 300,
    "aliscrape.pipelines.sold_count.StarRatingPipeline": 310,
    "aliscrape.pipelines.dropping.DropDuplicatesPipeline": 400,
    "aliscrape.pipelines.store.StorePipeline": 500,
}
EXTENSIONS = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "aliscrape.exporters.ProductFeedExporter": 0,
    "aliscrape.progress.Progress": 10,
}

FAILED_PAGES = "data/failed-pages"
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = EXPORTED_FIELDS
FEED_EXPORTERS = {
    "csv": "aliscrape.exporters.SpreadsheetSafeCsvExporter",
    "xml": "aliscrape.exporters.NullAsEmptyXmlExporter",
}

LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOG_FORMATTER = "aliscrape.logs.QuietLogFormatter"
WARN_ON_GENERATOR_RETURN_VALUE = False  # callbacks return early; the check parses their source
