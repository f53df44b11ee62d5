"""How the spider of the mission finds its category, and checks that it is the right one."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crawls import NO_BROWSER, Crawl, scrapy_crawl
from tests.databases import Catalog
from tests.listings import (
    Card,
    block_page,
    card,
    card_of,
    category_index,
    init_data,
    script_listing,
    second_level_page,
)
from tests.loopback import LoopbackSite, Reply, loopback_site

pytestmark = pytest.mark.long  # each test is a crawl

INDEX = "/all-wholesale-products.html"
MENS = "/category/200131145/mens-shoes.html"
CASUAL = "/category/100001606/mens-casual-shoes.html"
SIBLING = "/category/200000001/men-casual.html"
KNOWN = "/category/201531001/men-casual-shoes.html"
SEARCH = "/w/wholesale-men-casual-shoes.html"
PATH = "Bags & Shoes > Men's Shoes > Casual Shoes"


def host(path: str) -> str:
    return f"//www.aliexpress.com{path}"


def listing(*cards: Card) -> str:
    return init_data(list(cards))


def confirmed(confirming: int, others: int = 0, category: int = 201531001) -> str:
    """Return a listing some of whose cards name the category."""
    ids = [category] * confirming + [1] * others
    return listing(*(card_of(name, str(number)) for number, name in enumerate(ids, start=1)))


BY_NAME = {
    INDEX: category_index(
        [("Bags & Shoes", [("Women's Shoes", "/category/1.html"), ("Men's Shoes", host(MENS))])]
    ),
    MENS: second_level_page([("Boots", "/category/3.html"), ("Casual Shoes", host(CASUAL))]),
    CASUAL: listing(card("7"), card("8")),
}
BESIDE = category_index(
    [("Shoes", [("Men's Shoes", host(MENS)), ("Men's Casual Shoes", host(SIBLING))])]
)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def crawl(
    site: LoopbackSite, catalog: Catalog, *options: str, spider: str = "casual_shoes"
) -> Crawl:
    return scrapy_crawl(
        spider, "-a", "limit=4", "-a", "max_pages=1", "-s", f"FAILED_PAGES={catalog.failed_pages}",
        *options, SITE_URL=site.url, DATABASE_URL=catalog.url, **NO_BROWSER,
    )  # fmt: skip


def last_row(catalog: Catalog, *columns: str) -> tuple[Any, ...]:
    names = ", ".join(columns)
    (row,) = catalog.rows(f"SELECT {names} FROM crawl ORDER BY id DESC LIMIT 1")  # noqa: S608  # ours
    return row


def stored_categories(catalog: Catalog) -> set[str | None]:
    return {row[0] for row in catalog.rows("SELECT category FROM product")}


def kept(catalog: Catalog) -> list[str]:
    pages = sorted(catalog.failed_pages.glob("*.gz"))
    return [gzip.decompress(page.read_bytes()).decode() for page in pages]


# By name


def test_the_category_is_found_by_name_in_the_index(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages |= BY_NAME
    done = crawl(site, catalog)
    assert done.exit_code == 0, done.log
    assert last_row(catalog, "listing", "category") == (site.url + CASUAL, PATH)
    assert stored_categories(catalog) == {PATH}
    assert f"Reading the listing {site.url}{CASUAL}" in done.log
    assert "not found by name" not in done.last_line
    assert kept(catalog) == []


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param({INDEX: BESIDE, MENS: second_level_page([("Boots", "/category/3.html")])},
                     id="the second level has no such child"),
        pytest.param({INDEX: BESIDE, MENS: Reply("no", 404)}, id="the second level is not there"),
        pytest.param({INDEX: category_index([("Shoes", [("Men's Casual Shoes", host(SIBLING))])])},
                     id="there is no other second level"),
    ],
)  # fmt: skip
def test_the_category_may_be_beside_the_second_level(
    site: LoopbackSite, catalog: Catalog, pages: dict[str, str | Reply]
) -> None:
    site.pages |= {**pages, SIBLING: listing(card("7"))}
    assert crawl(site, catalog).exit_code == 0
    path = "Shoes > Men's Casual Shoes"
    assert last_row(catalog, "listing", "category") == (site.url + SIBLING, path)


def test_the_child_may_have_the_longer_name(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages |= {**BY_NAME, MENS: second_level_page([("Men's Casual Shoes", host(CASUAL))])}
    assert crawl(site, catalog).exit_code == 0
    path = "Bags & Shoes > Men's Shoes > Men's Casual Shoes"
    assert last_row(catalog, "category") == (path,)


# The fallbacks

NOT_FOUND_BY_NAME = [
    pytest.param({INDEX: Reply("no", 404)}, id="no index"),
    pytest.param({INDEX: Reply(status=302, location="/s/error/404")}, id="an index that moved"),
    pytest.param({INDEX: "<html></html>"}, id="an empty index"),
    pytest.param({MENS: Reply("no", 404)}, id="no second level"),
    pytest.param({MENS: listing(card("1"))}, id="no children"),
    pytest.param({CASUAL: Reply("no", 404)}, id="no listing"),
    pytest.param(
        {"/robots.txt": f"User-agent: *\nDisallow: {INDEX}\n"}, id="an index that is forbidden"
    ),
]


@pytest.mark.parametrize("pages", NOT_FOUND_BY_NAME)
def test_else_the_category_is_read_by_its_probable_id(
    site: LoopbackSite, catalog: Catalog, pages: dict[str, str | Reply]
) -> None:
    site.pages |= {**BY_NAME, **pages, KNOWN: confirmed(2, 2)}
    done = crawl(site, catalog)
    assert done.exit_code == 0, done.log
    assert last_row(catalog, "listing", "category") == (site.url + KNOWN, PATH)
    words = f"The category was not found by name, so the listing is {KNOWN}."
    assert done.last_line.endswith(words)
    assert last_row(catalog, "reason")[0].endswith(words)


@pytest.mark.parametrize(
    ("page", "share"),
    [
        pytest.param(confirmed(1, 3), "25% (1 of 4 cards)", id="fewer than half"),
        pytest.param(listing(card("1")), "the cards name no category", id="none names any"),
    ],
)
def test_a_category_that_its_cards_do_not_confirm_is_not_stored(
    site: LoopbackSite, catalog: Catalog, page: str, share: str
) -> None:
    site.pages[KNOWN] = page
    done = crawl(site, catalog)
    assert (done.exit_code, last_row(catalog, "category")) == (0, (None,))
    assert stored_categories(catalog) == {None}
    assert f"  in category    {share}" in done.log


UNREADABLE = [
    pytest.param({}, id="404"),
    pytest.param({KNOWN: Reply(status=302, location="/s/error/404")}, id="no such address"),
    pytest.param({KNOWN: listing()}, id="empty"),
    pytest.param({KNOWN: "<h1>Hello</h1>"}, id="another page"),
    pytest.param({KNOWN: init_data({"changed": 1})}, id="a changed layout"),
    pytest.param({"/robots.txt": "User-agent: *\nDisallow: /category/\n"}, id="forbidden"),
]


@pytest.mark.parametrize("pages", UNREADABLE)
def test_else_the_search_listing_is_read_without_a_category(
    site: LoopbackSite, catalog: Catalog, pages: dict[str, str | Reply]
) -> None:
    site.pages |= {**pages, SEARCH: confirmed(3, 1)}
    done = crawl(site, catalog)
    assert done.exit_code == 0, done.log
    assert "4 new" in done.last_line
    assert last_row(catalog, "listing", "category") == (site.url + SEARCH, None)
    assert done.last_line.endswith(
        f"The category was not found by name, so the listing is {SEARCH}."
    )
    assert "in category    75% (3 of 4 cards)" in done.log


def test_a_category_of_the_user_s_own_is_stored_with_every_listing(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages[SEARCH] = listing(card("1"))
    assert crawl(site, catalog, "-a", "category=Shoes").exit_code == 0
    assert stored_categories(catalog) == {"Shoes"}


def test_where_no_listing_can_be_read_the_last_one_decides(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages |= {INDEX: "<p>no names</p>", SEARCH: "<h1>no listing</h1>"}
    done = crawl(site, catalog)
    assert done.exit_code == 6
    assert f"{SEARCH} is no listing" in done.last_line
    assert kept(catalog) == ["<p>no names</p>", "not here", "<h1>no listing</h1>"]


def test_a_page_that_was_not_understood_is_named_if_no_other_listing_is_there(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages[KNOWN] = script_listing()
    done = crawl(site, catalog)
    assert done.exit_code == 6
    assert f"{KNOWN} is no listing" in done.last_line
    assert "a browser may help" in done.last_line
    assert site.paths[-1] == SEARCH


@pytest.mark.parametrize("blocked", [INDEX, MENS, CASUAL, KNOWN])
def test_a_block_on_the_way_ends_it(site: LoopbackSite, catalog: Catalog, blocked: str) -> None:
    site.pages |= {**BY_NAME, KNOWN: confirmed(1), SEARCH: listing(card("1"))}
    if blocked == KNOWN:
        site.pages[INDEX] = "<html></html>"
    site.pages[blocked] = block_page()
    done = crawl(site, catalog)
    assert done.exit_code == 5
    assert site.paths[-1] == blocked
    assert "5 minutes to over an hour, and trying again sooner" in done.last_line
    assert len(kept(catalog)) == (2 if blocked == KNOWN else 1)


def test_a_listing_found_by_name_that_is_not_understood_is_not_given_up(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages |= {**BY_NAME, CASUAL: init_data({"changed": 1}), SEARCH: listing(card("1"))}
    done = crawl(site, catalog)
    assert done.exit_code == 6
    assert site.paths[-1] == CASUAL


# What was read


def test_a_listing_of_other_products_is_warned_about(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages |= {**BY_NAME, CASUAL: confirmed(1, 3, category=100001606)}
    done = crawl(site, catalog)
    assert done.exit_code == 0
    assert "Only 25% of the cards name the category 100001606" in done.log
    assert last_row(catalog, "category") == (PATH,)
    site.pages[CASUAL] = confirmed(2, 2, category=100001606)
    assert "of the cards name the category" not in crawl(site, catalog).log


def test_the_general_spider_only_says_the_share(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[CASUAL] = confirmed(1, 3, category=100001606)
    done = crawl(site, catalog, "-a", f"url={site.url}{CASUAL}", spider="category")
    assert done.exit_code == 0
    assert "  in category    25% (1 of 4 cards)" in done.log
    assert "WARNING" not in done.log


def test_a_search_has_no_category(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[SEARCH] = confirmed(1)
    done = crawl(site, catalog, "-a", f"url={site.url}{SEARCH}", spider="category")
    assert "in category" not in done.log


def test_the_site_s_page_for_no_such_address_is_named(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[SEARCH] = Reply(status=302, location="/s/error/404?from=x")
    done = crawl(site, catalog, "-a", f"url={site.url}{SEARCH}", spider="category")
    assert done.exit_code == 3
    assert f"The site has no page at {site.url}{SEARCH}." in done.last_line
