"""An exception anywhere is never "done": each handler, callback, pipeline and middleware fails."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import needs_browser
from tests.crawls import ROOT, Crawl, environment, finish, scrapy_crawl
from tests.databases import run_sql
from tests.failing import break_function
from tests.forked import Command
from tests.listings import card, category_index, init_data, second_level_page
from tests.loopback import LoopbackSite, loopback_site
from tests.products import FREE, modules_page

LISTING = "/w/wholesale-men-casual-shoes.html"


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    """Return a shop whose category can be found by name, with one product page."""
    pages = {
        "/all-wholesale-products.html": category_index(
            [("Bags & Shoes", [("Men's Shoes", "/category/1.html")])]
        ),
        "/category/1.html": second_level_page([("Casual Shoes", LISTING)]),
        LISTING: init_data([card("1"), card("2"), card("x")]),
        f"{LISTING}?page=2": init_data([], 2),
        "/item/1.html": modules_page(1, "Store", FREE),
        "/item/2.html": modules_page(2, "Store", FREE),
    }
    with loopback_site(pages) as served:
        yield served


class Shop:
    """A site, and a database that it is crawled into."""

    def __init__(self, site: LoopbackSite, database_url: str) -> None:
        self.site = site
        self.database_url = database_url

    @property
    def variables(self) -> dict[str, str]:
        return {"SITE_URL": self.site.url, "DATABASE_URL": self.database_url}

    def crawl(self, *options: str) -> Crawl:
        return scrapy_crawl("casual_shoes", *options, **self.variables)

    def crawl_with(self, broken: str, *options: str) -> Crawl:
        """Run the real command with one function that raises."""
        return finish(
            Command(
                ["crawl", "casual_shoes", "-s", "DOWNLOAD_DELAY=0", *options],
                ROOT,
                environment(**self.variables),
                prepare=partial(break_function, broken),
            )
        )

    def last_outcome(self) -> Any:
        return run_sql(self.database_url, "SELECT outcome FROM crawl ORDER BY id DESC")[0][0]

    def stored(self) -> int:
        return int(run_sql(self.database_url, "SELECT COUNT(*) FROM product")[0][0])


@pytest.fixture
def shop(site: LoopbackSite, database_url: str) -> Shop:
    return Shop(site, database_url)


# Exit code and the number of products stored. The page has two products and a card without an id.
PARTIAL, STORAGE_FAILED = 3, 7
SHORT = [
    ("aliscrape.spiders.category:CategorySpider.on_idle", PARTIAL, 2),
    ("aliscrape.spiders.category:CategorySpider.parse_listing", PARTIAL, 0),
    ("aliscrape.pipelines.store:record_sightings", STORAGE_FAILED, 0),
    ("aliscrape.outcome.record:CrawlRecord._close", PARTIAL, 2),
    ("aliscrape.outcome.record:finish_crawl", STORAGE_FAILED, 2),
]
LONG = [
    ("aliscrape.outcome.record:CrawlRecord.open", PARTIAL, None),
    ("aliscrape.outcome.record:CrawlRecord.check_coverage", PARTIAL, 2),
    ("aliscrape.outcome.record:CrawlRecord._complete_last", PARTIAL, 2),
    ("aliscrape.spiders.casual_shoes:CasualShoesSpider.parse_index", PARTIAL, 0),
    ("aliscrape.spiders.casual_shoes:CasualShoesSpider.parse_second_level", PARTIAL, 0),
    ("aliscrape.spiders.pagination:Pagination.select", PARTIAL, 0),
    ("aliscrape.pipelines.dropping:RequiredFieldsPipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.clean_price:CleanPricePipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.sold_count:ParseSoldCountPipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.sold_count:StarRatingPipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.dropping:DropDuplicatesPipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.store:StorePipeline.process_item", PARTIAL, 0),
    ("aliscrape.pipelines.store:StorePipeline.close_spider", PARTIAL, 2),
    ("aliscrape.middlewares.cookies:SiteCookiesMiddleware.process_request", None, 0),
    ("aliscrape.middlewares.robots:RobotsMiddleware.process_request_2", PARTIAL, 0),
    ("aliscrape.middlewares.retry_after:RetryAfterMiddleware.process_response", None, 0),
    ("aliscrape.middlewares.integrity:IntegrityMiddleware.process_response", None, 0),
    ("aliscrape.exporters:ProductFeedExporter.open_spider", PARTIAL, 2),
    ("aliscrape.exporters:ProductFeedExporter.item_scraped", PARTIAL, 2),
    ("aliscrape.exporters:SpreadsheetSafeCsvExporter.export_item", PARTIAL, 2),
    ("aliscrape.exporters:SpreadsheetSafeCsvExporter.finish_exporting", PARTIAL, 2),
]
BROKEN = [
    *(pytest.param(*case, id=case[0]) for case in SHORT),
    *(pytest.param(*case, id=case[0], marks=pytest.mark.long) for case in LONG),
]


@pytest.mark.parametrize(("broken", "exit_code", "products"), BROKEN)
def test_a_crawl_with_an_exception_is_not_done(
    broken: str, exit_code: int | None, products: int | None, shop: Shop, tmp_path: Path
) -> None:
    shop.site.pages[LISTING] = init_data([card("1"), card("2")])
    done = shop.crawl_with(broken, "-a", "details=no", "-O", str(tmp_path / "p.csv"))
    assert done.exit_code not in {0, 1, 2}, done.log
    assert exit_code in {None, done.exit_code}, done.log
    assert f"(exit code {done.exit_code})" in done.last_line
    assert "a bug of ours" in done.log
    if products is None:
        return
    assert shop.stored() == products
    if not broken.endswith("finish_crawl"):
        assert shop.last_outcome() in done.last_line


@needs_browser
@pytest.mark.long
@pytest.mark.sqlite  # what the browser's part does, whatever the database is
@pytest.mark.parametrize(
    "broken",
    [
        "aliscrape.spiders.product_pages:ProductPageQueue.next_request",
        "aliscrape.spiders.product_pages:ProductPageQueue.parse",
        "aliscrape.spiders.product_pages:_read",
        "aliscrape.browser.product_page:ProductPageLoader.prepare",
        "aliscrape.pipelines.store:record_product_page",
    ],
)
def test_an_exception_on_a_product_page_is_not_done_and_the_listing_is_stored(
    broken: str, shop: Shop
) -> None:
    shop.site.pages[LISTING] = init_data([card("1"), card("2")])
    done = shop.crawl_with(broken, "-a", "limit=2")
    assert done.exit_code in {PARTIAL, STORAGE_FAILED}, done.log
    assert shop.stored() == 2


SIGNALS = ["item_scraped", "engine_stopped"]
LONG_SIGNALS = [
    "engine_started", "spider_opened", "spider_idle", "spider_closed", "request_scheduled",
    "request_reached_downloader", "response_received", "response_downloaded", "item_dropped",
    "feed_exporter_closed", "feed_slot_closed", "robots_parsed", "scheduler_empty",
]  # fmt: skip


@pytest.mark.parametrize(
    "signal", [*SIGNALS, *(pytest.param(name, marks=pytest.mark.long) for name in LONG_SIGNALS)]
)
def test_an_exception_in_somebody_else_s_handler_is_not_done(
    signal: str, shop: Shop, tmp_path: Path
) -> None:
    shop.site.pages[LISTING] = init_data([card("1"), card("2"), card("2")])
    extensions = {
        "scrapy.extensions.feedexport.FeedExporter": None,
        "aliscrape.exporters.ProductFeedExporter": 0,
        "tests.failing.FailingHandler": 500,
    }
    options = ("-s", f"EXTENSIONS={json.dumps(extensions)}", "-s", f"FAILING_SIGNAL={signal}")
    table = ("-O", str(tmp_path / "products.csv"))
    done = shop.crawl(*options, *table)
    assert done.exit_code == PARTIAL, done.log
    assert done.last_line.endswith(r"An unexpected RuntimeError: \x1b[2Ja bug of ours.")
    assert "\x1b" not in done.log
    assert (shop.stored(), shop.last_outcome()) == (2, "partial")


@pytest.mark.long
def test_the_outcome_does_not_depend_on_the_stats_collector_and_is_the_finish_reason(
    shop: Shop,
) -> None:
    shop.site.pages[LISTING] = init_data([card("1"), card("2")])
    collector = "STATS_CLASS=scrapy.statscollectors.DummyStatsCollector"
    options = ("-a", "limit=2", "-s", collector)
    assert shop.crawl(*options).exit_code == 0
    done = shop.crawl("-a", "limit=2")
    assert "'finish_reason': 'done'" in done.log
    shop.site.pages[LISTING] = init_data([])
    empty = shop.crawl()
    assert "'finish_reason': 'empty'" in empty.log


@pytest.mark.parametrize("feed", ["{file}/products.csv", "/dev/full:csv"])
def test_an_export_that_fails_is_partial(feed: str, shop: Shop, tmp_path: Path) -> None:
    if feed.startswith("/dev") and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "file").write_text("in the way")
    shop.site.pages[LISTING] = init_data([card("1"), card("2")])
    feed = feed.format(file=tmp_path / "file")
    done = shop.crawl("-a", "limit=2", "-O", feed)
    assert done.exit_code == PARTIAL, done.log
    assert (shop.stored(), shop.last_outcome()) == (2, "partial")
