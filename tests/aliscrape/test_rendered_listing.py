"""Listings that only a script draws: a real browser, a real crawl."""

import gzip
import json
from collections.abc import Iterator

import pytest

from tests.browsers import needs_browser
from tests.crawls import NO_BROWSER, Crawl, scrapy_crawl
from tests.databases import Catalog
from tests.listings import block_page, card, init_data, script_listing, search_reply
from tests.loopback import LoopbackSite, Reply, loopback_site

pytestmark = pytest.mark.long  # each crawl starts a browser

LISTING = "/w/wholesale-men-casual-shoes.html"
SEARCH = "/fn/search-pc/index"
BLOCKED_REPLY = json.dumps({"ret": ["FAIL_SYS_USER_VALIDATE", "RGV587_ERROR::SM"]})


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def crawl(site: LoopbackSite, catalog: Catalog, *options: str, **variables: str) -> Crawl:
    return scrapy_crawl(
        "category", "-a", f"url={site.url}{LISTING}", "-s", f"FAILED_PAGES={catalog.failed_pages}",
        *options, SITE_URL=site.url, DATABASE_URL=catalog.url, **variables,
    )  # fmt: skip


def stored(catalog: Catalog) -> list[str]:
    return [row[0] for row in catalog.rows("SELECT aliexpress_id FROM product ORDER BY id")]


def json_reply(text: str) -> Reply:
    return Reply(text, content_type="application/json")


def reply(*ids: int, page: int = 1) -> Reply:
    return json_reply(search_reply([card(str(number)) for number in ids], page, "USD"))


@needs_browser
def test_the_reply_to_its_script_is_read_and_the_next_page_too(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages |= {
        LISTING: script_listing(),
        SEARCH: reply(1, 2),
        f"{SEARCH}?page=2": reply(3, 4, page=2),
    }
    done = crawl(site, catalog, "-a", "limit=3")
    assert done.exit_code == 0, done.log
    assert stored(catalog) == ["1", "2", "3"]
    listings = [path for path in site.paths if path.startswith(LISTING)]
    assert listings == [LISTING, LISTING, f"{LISTING}?page=2"]
    assert not catalog.failed_pages.exists()


@needs_browser
def test_the_payload_of_the_page_for_a_browser_is_read_first(
    site: LoopbackSite, catalog: Catalog
) -> None:
    answers = [script_listing(), init_data([card("7")])]
    site.pages |= {LISTING: lambda: answers.pop(0), SEARCH: reply(8)}
    done = crawl(site, catalog, "-a", "limit=1")
    assert (done.exit_code, stored(catalog)) == (0, ["7"]), done.log


@needs_browser
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(json_reply(BLOCKED_REPLY), "block page", id="reply"),
        pytest.param(block_page(), "block page", id="page"),
        pytest.param(Reply("no", 403), "403", id="refused"),
    ],
)  # fmt: skip
def test_a_block_in_the_browser_is_a_block(
    site: LoopbackSite, catalog: Catalog, answer: Reply | str, words: str
) -> None:
    is_reply = isinstance(answer, Reply) and "json" in answer.content_type
    answers = [script_listing(), script_listing() if is_reply else answer]
    site.pages |= {LISTING: lambda: answers.pop(0), SEARCH: answer}
    done = crawl(site, catalog)
    assert done.exit_code == 5, done.log
    assert words in done.last_line


@needs_browser
def test_a_page_without_products_in_the_browser_is_not_understood_and_kept(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages[LISTING] = "<h1>Hello</h1>"
    done = crawl(site, catalog)
    assert done.exit_code == 6
    assert "is no listing" in done.last_line
    assert "The browser found no products" in done.last_line
    (page,) = catalog.failed_pages.iterdir()
    assert gzip.decompress(page.read_bytes()) == b"<h1>Hello</h1>"
    assert site.paths.count(LISTING) == 2


def test_without_a_browser_the_last_line_says_that_one_may_help(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages |= {LISTING: script_listing(), SEARCH: reply(1)}
    done = crawl(site, catalog, **NO_BROWSER)
    assert done.exit_code == 6
    assert "a browser may help" in done.last_line
    assert "/no/such/browser" in done.last_line
    assert site.paths.count(LISTING) == 1
    assert len(list(catalog.failed_pages.iterdir())) == 1


def test_after_a_block_no_browser_is_started(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[LISTING] = block_page()
    done = crawl(site, catalog, **NO_BROWSER)
    assert done.exit_code == 5
    assert "/no/such/browser" not in done.log
    assert "browser" not in done.last_line
