"""Following products that have left the listings: the real command, a browser, the mock shop."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from db.catalog import record_sightings
from db.crawls import finish_crawl, start_crawl
from db.database import close_database, open_database
from db.fields import format_instant
from db.money import Money
from db.sightings import Sighting
from tests.browsers import needs_browser
from tests.crawls import Crawl, scrapy_crawl
from tests.databases import file_of, run_sql
from tests.listings import block_page
from tests.loopback import loopback_site
from tests.mockshop.catalogue import SHOES
from tests.mockshop.pages import CASUAL_SHOES, sku_id
from tests.mockshop.product_pages import number_of
from tests.mockshop.server import MockShop, open_shop
from tests.products import FREE, modules_page

pytestmark = pytest.mark.long  # each crawl starts a browser

LISTED, LEFT = (0, 2, 4), (1, 3, 5)
"""Of the six shoes of the first listing those that are in the last one, and those that are not.

The first two of these have pages with their data, the third has one that a script fills.
"""


@pytest.fixture
def shop() -> Iterator[MockShop]:
    with open_shop() as served:
        yield served


def crawl(shop: MockShop, database_url: str, spider: str, *options: str, **variables: str) -> Crawl:
    shop.asked.clear()
    mine = {"SITE_URL": shop.url, "DATABASE_URL": database_url}
    return scrapy_crawl(spider, *options, **mine | variables)


def list_shoes(shop: MockShop, database_url: str, limit: int = 6) -> None:
    url = f"url={shop.url}{CASUAL_SHOES}"
    done = crawl(shop, database_url, "category", "-a", url, "-a", f"limit={limit}")
    assert done.exit_code == 0, done.log


def numbers(shop: MockShop) -> list[int]:
    """Return the numbers of the shoes whose pages were requested, in order."""
    ids = [path.removeprefix("/item/").removesuffix(".html") for path in shop.asked]
    return [shoe.number for found in ids for shoe in SHOES if str(shoe.id) == found]


def gone(database_url: str) -> set[int]:
    ids = run_sql(database_url, "SELECT aliexpress_id FROM product WHERE gone_at IS NOT NULL")
    return {shoe.number for (found,) in ids for shoe in SHOES if str(shoe.id) == found}


def sighting(number: int, day: int) -> Sighting:
    shoe = SHOES[number]
    return Sighting(
        aliexpress_id=str(shoe.id),
        title=shoe.title,
        price=Money(round(shoe.price(day) * 100), "USD"),
        sku_id=sku_id(shoe),
    )


@pytest.fixture
def left(shop: MockShop, database_url: str) -> None:
    """Store what two listings have shown: six shoes three days ago, and half of them today."""
    shop.day, shop.unlisted = 4, set(LEFT)
    today = datetime.now(UTC)
    open_database(database_url)
    for day, listed in ((1, [*LISTED, *LEFT]), (4, LISTED)):
        at = today - timedelta(days=4 - day)
        crawl_id = start_crawl("category", at=at)
        record_sightings(crawl_id, [sighting(number, day) for number in listed], at=at)
        finish_crawl(crawl_id, {"outcome": "done", "pages": 1}, at=at)
    close_database()


@needs_browser
def test_products_that_left_the_listing_are_followed_longest_unseen_first(
    shop: MockShop, database_url: str
) -> None:
    list_shoes(shop, database_url)
    then = format_instant(datetime.now(UTC) - timedelta(days=3))
    run_sql(database_url, "UPDATE product SET last_seen_at = ?", then)
    shop.day += 3
    [*first] = run_sql(database_url, "SELECT aliexpress_id FROM product ORDER BY id")
    shop.unlisted = {
        number for (found,) in first for number in [number_of(found)] if number is not None
    }
    list_shoes(shop, database_url, limit=1)
    oldest, next_oldest = max(shop.unlisted), min(shop.unlisted)
    run_sql(
        database_url,
        "UPDATE product SET last_seen_at = '2026-01-01T00:00:00.000000Z',"
        " product_page_read_at = '2099-01-01T00:00:00.000000Z' WHERE aliexpress_id = ?",
        str(SHOES[oldest].id),
    )
    run_sql(
        database_url,
        "UPDATE product SET last_seen_at = '2026-01-02T00:00:00.000000Z' WHERE aliexpress_id = ?",
        str(SHOES[next_oldest].id),
    )
    done = crawl(shop, database_url, "tracked", "-a", "limit=2")
    assert done.exit_code == 0, done.log
    listed, *followed = numbers(shop)
    assert listed not in shop.unlisted
    assert followed == [oldest, next_oldest]
    assert f"Followed 2 of {len(shop.unlisted)} products" in done.last_line
    [row] = run_sql(
        database_url, "SELECT outcome, found, new, listing FROM crawl WHERE spider='tracked'"
    )
    assert row == ("done", 2, 0, None)
    for number in followed:
        shoe = SHOES[number]
        [stored] = run_sql(
            database_url,
            "SELECT price_minor, sku_id, last_crawl_id FROM product WHERE aliexpress_id = ?",
            str(shoe.id),
        )
        assert stored == (round(shoe.price(shop.day) * 100), sku_id(shoe), 3)


@needs_browser
@pytest.mark.usefixtures("left")
def test_a_page_that_was_just_read_is_read_again_after_those_that_were_not(
    shop: MockShop, database_url: str
) -> None:
    assert crawl(shop, database_url, "tracked", "-a", "limit=2").exit_code == 0
    assert numbers(shop)[1:] == [1, 3]
    [price] = run_sql(
        database_url,
        "SELECT price_minor FROM observation WHERE crawl_id = 3 ORDER BY id LIMIT 1",
    )
    assert price == (round(SHOES[1].price(4) * 100),)
    assert crawl(shop, database_url, "tracked").exit_code == 0
    assert numbers(shop)[1:] == [5, 1, 3]


@needs_browser
@pytest.mark.usefixtures("left")
def test_a_product_that_is_gone_is_marked_and_comes_back(shop: MockShop, database_url: str) -> None:
    before = run_sql(database_url, "SELECT price_minor, last_seen_at FROM product ORDER BY id")
    shop.removed = set(LEFT)
    done = crawl(shop, database_url, "tracked")
    assert done.exit_code == 0, done.log
    assert gone(database_url) == set(LEFT)
    assert (
        run_sql(database_url, "SELECT price_minor, last_seen_at FROM product ORDER BY id") == before
    )
    shop.removed = set()
    assert crawl(shop, database_url, "tracked").exit_code == 0
    assert gone(database_url) == set()


@needs_browser
@pytest.mark.usefixtures("left")
def test_a_site_that_calls_a_listed_product_gone_too_marks_none(
    shop: MockShop, database_url: str
) -> None:
    shop.removed = {shoe.number for shoe in SHOES}
    done = crawl(shop, database_url, "tracked", "-a", "limit=1")
    assert done.exit_code == 3, done.log
    assert len(numbers(shop)) == 2
    assert "None is stored as gone" in done.last_line
    assert gone(database_url) == set()


def test_without_anything_to_follow_the_crawl_is_done(shop: MockShop, database_url: str) -> None:
    for _ in range(2):
        done = crawl(shop, database_url, "tracked", ALISCRAPE_BROWSER="/no/such/browser")
        assert done.exit_code == 0, done.log
        assert "nothing to follow" in done.last_line
        assert numbers(shop) == []
        list_shoes(shop, database_url)


@pytest.mark.usefixtures("left")
def test_a_deleted_product_is_not_followed(shop: MockShop, database_url: str) -> None:
    run_sql(database_url, "UPDATE product SET deleted_at = updated_at WHERE last_crawl_id = 1")
    done = crawl(shop, database_url, "tracked")
    assert (done.exit_code, numbers(shop)) == (0, [])


@pytest.mark.sqlite  # a file that is not made shows that the database was not opened
@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(("-a", "limit=0"), "whole number", id="limit"),
        pytest.param(("-a", "url=http://x/"), "there are limit", id="url"),
        pytest.param(("-a", "details=no"), "there are limit", id="details"),
    ],
)
def test_only_a_limit_can_be_given(
    shop: MockShop, database_url: str, options: tuple[str, ...], words: str
) -> None:
    done = crawl(shop, database_url, "tracked", *options)
    assert done.exit_code == 2
    assert words in done.log
    assert not file_of(database_url).exists()


# What goes wrong


@needs_browser
@pytest.mark.usefixtures("left")
@pytest.mark.parametrize(
    ("page", "exit_code", "words"),
    [
        pytest.param(block_page(), 5, "blocked the product page", id="blocked"),
        pytest.param(
            modules_page(7, "Store", FREE),
            3,
            "Could not read the page",
            id="another's",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_page_that_fails_changes_nothing(
    database_url: str, page: str, exit_code: int, words: str
) -> None:
    before = run_sql(database_url, "SELECT * FROM product ORDER BY id")
    with loopback_site({f"/item/{shoe.id}.html": page for shoe in SHOES}) as other:
        mine = {"SITE_URL": other.url, "DATABASE_URL": database_url}
        done = scrapy_crawl("tracked", **mine)
    assert done.exit_code == exit_code, done.log
    assert words in done.last_line
    assert run_sql(database_url, "SELECT * FROM product ORDER BY id") == before


@pytest.mark.usefixtures("left")
def test_a_robots_txt_that_forbids_product_pages_is_obeyed(database_url: str) -> None:
    with loopback_site({"/robots.txt": "User-agent: *\nDisallow: /item/\n"}) as other:
        mine = {"SITE_URL": other.url, "DATABASE_URL": database_url}
        done = scrapy_crawl("tracked", **mine)
    assert done.exit_code == 9, done.log
    assert other.paths == ["/robots.txt"]
