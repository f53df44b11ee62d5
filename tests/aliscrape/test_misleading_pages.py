"""Pages that mislead, served to the real command: no wrong value, and no crawl that says "done"."""

import gzip
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from aliscrape.pages.embedded import LONGEST_NAME
from tests.browsers import needs_browser
from tests.crawls import Crawl, scrapy_crawl
from tests.databases import Catalog
from tests.listings import (
    PUNISH,
    Card,
    block_page,
    card,
    category_index,
    fields,
    init_data,
    init_data_of,
    money,
    second_level_page,
    tag,
)
from tests.loopback import LoopbackSite, Reply, loopback_site
from tests.products import FREE, QUERY, components_page, fee, gone, modules_page, reply, shell

pytestmark = pytest.mark.long  # some hundred crawls

LISTING = "/w/wholesale-shoes.html"


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def crawl(site: LoopbackSite, catalog: Catalog, *options: str, spider: str = "category") -> Crawl:
    listing = ("-a", f"url={site.url}{LISTING}") if spider == "category" else ()
    kept = ("-s", f"FAILED_PAGES={catalog.failed_pages}")
    mine = {"SITE_URL": site.url, "DATABASE_URL": catalog.url}
    return scrapy_crawl(spider, *listing, *kept, *options, **mine)


def stored(catalog: Catalog) -> int:
    return int(catalog.rows("SELECT count(*) FROM product")[0][0])


def requests(site: LoopbackSite) -> int:
    return sum(path.startswith(LISTING) for path in site.paths)


def cards(start: int, count: int) -> list[Card]:
    return [card(str(n)) for n in range(start, start + count)]


def page(page_cards: list[Card], number: int | None = 1, **information: Any) -> str:
    page_fields = fields(page_cards, number)
    page_fields["pageInfo"] |= information
    return init_data_of(page_fields)


# Values

VALUES: list[Any] = [
    pytest.param(
        {"prices": {"salePrice": money(1234, text="US $12.34")}}, (1234, "USD"), id="in cents"
    ),
    pytest.param(
        {"prices": {"salePrice": money(0.01, text="US $12.34")}}, (1234, "USD"), id="a cent"
    ),
    pytest.param(
        {"prices": {"salePrice": money(12.34, "EUR", "US $12.34")}},
        (1234, "USD"),
        id="a wrong code",
    ),
    pytest.param(
        {"prices": {"salePrice": money(12.34, text="€ 12,34")}}, (1234, "EUR"), id="a wrong page"
    ),
]


def test_what_is_shown_decides_and_disagreements_are_reported(
    site: LoopbackSite, catalog: Catalog
) -> None:
    shown = [value.values for value in VALUES]
    listed = [card(str(n), **facts) for n, (facts, _) in enumerate(shown, start=1)]
    listed[0] |= {"trade": {"tradeDesc": "1,000+ sold", "realTradeCount": "5"}}
    site.pages = {LISTING: page(listed)}
    done = crawl(site, catalog, "-a", f"limit={len(listed)}")
    assert done.exit_code == 0, done.log
    found = catalog.rows("SELECT price_minor, currency FROM product ORDER BY id")
    assert found == [expected for _, expected in shown]
    assert catalog.rows("SELECT units_sold FROM product WHERE id = 1") == [(1000,)]
    assert "4 price, 1 units_sold" in done.log


def test_signs_that_currencies_share_are_read_in_the_card_s_own(
    site: LoopbackSite, catalog: Catalog
) -> None:
    tags = [tag("Free shipping over ￥ 1,500", "platformFreeShipping_atm"), tag("Shipping: ￥ 410")]
    yen = money(2057, "JPY", "￥ 2,057")
    below = money(2056, "JPY", "￥ 2,056")
    listed = card("1", prices={"salePrice": yen, "originalPrice": below}, sellingPoints=tags)
    site.pages = {LISTING: init_data([listed], currency="JPY")}
    done = crawl(site, catalog, "-a", "limit=1")
    assert done.exit_code == 0, done.log
    sql = "SELECT price_minor, list_price_minor, shipping_price_minor, currency FROM product"
    assert catalog.rows(sql) == [(2057, None, 410, "JPY")]


CONDITIONS: list[Any] = [
    (tag("New shoppers save US $5", "welcomedeal_test"), "New shoppers save US $5"),
    (tag("ご新規さま852円お得", "welcomedeal_test"), "ご新規さま852円お得"),
    (tag("-$0.2 · Nuevo comprador"), "-$0.2 · Nuevo comprador"),
    (tag("Extra 2% off with coins", "flexiCoin_new_atm"), None),
]


def test_the_condition_and_the_variant_of_a_price_are_stored(
    site: LoopbackSite, catalog: Catalog
) -> None:
    price = {"salePrice": money(5), "skuId": "12000046769980162"}
    listed = [
        card(str(number), prices=price, sellingPoints=[point])
        for number, (point, _) in enumerate(CONDITIONS, start=1)
    ]
    site.pages = {LISTING: page(listed)}
    done = crawl(site, catalog, "-a", f"limit={len(listed)}")
    assert done.exit_code == 0, done.log
    sql = "SELECT price_condition, sku_id FROM {} ORDER BY id"
    expected = [(condition, "12000046769980162") for _, condition in CONDITIONS]
    assert catalog.rows(sql.format("product")) == expected
    assert catalog.rows(sql.format("observation")) == expected


def test_names_that_are_too_long_to_be_indexed_are_no_names(
    site: LoopbackSite, catalog: Catalog
) -> None:
    pictures = [chr(number) for number in range(0x1F300, 0x1F600)]  # of four bytes each
    longest = "".join(Random(1).choices(pictures, k=LONGEST_NAME))  # it cannot be compressed
    listed = [
        card("1", title={"displayTitle": longest}, store={"storeName": longest}),
        card("2", title={"displayTitle": longest * 2}),
        card("3", store={"storeName": longest * 2}),
    ]
    site.pages = {LISTING: page(listed)}
    done = crawl(site, catalog)
    assert done.exit_code == 3, done.log
    sql = "SELECT title, store_name FROM product ORDER BY id"
    assert catalog.rows(sql) == [(longest, longest), ("Casual shoe 3", None)]


# Listings


def served(site: LoopbackSite, second: str | Reply, total: int = 359, **first: Any) -> None:
    site.pages = {
        LISTING: page(cards(1, 60), totalResults=total, **first),
        f"{LISTING}?page=2": second,
    }


SECOND_PAGES: list[Any] = [
    pytest.param(page([], 2, totalResults=359), 3, id="empty"),
    pytest.param(page(cards(1, 60), 1, totalResults=359), 3, id="page 1 again"),
    pytest.param(page(cards(1, 60), 2, totalResults=359), 3, id="page 1 under the number 2"),
    pytest.param(Reply(status=302, location=LISTING), 3, id="a redirect to page 1"),
    pytest.param(
        Reply(status=302, location="/category/9/hats.html"), 3, id="a redirect to another listing"
    ),
]


@pytest.mark.parametrize(("second", "exit_code"), SECOND_PAGES)
def test_a_listing_that_withholds_results_is_partial(
    site: LoopbackSite, catalog: Catalog, second: str | Reply, exit_code: int
) -> None:
    served(site, second)
    site.pages["/category/9/hats.html"] = page(cards(900, 60), 2, totalResults=60)
    done = crawl(site, catalog, "-a", "limit=100")
    assert (done.exit_code, stored(catalog)) == (exit_code, 60), done.log
    assert "60 of the 359 products" in done.last_line


@pytest.mark.parametrize(
    ("total", "information"),
    [
        pytest.param(60, {}, id="all were given"),
        pytest.param(359, {"finished": True}, id="finished"),
        pytest.param(90, {"pageSize": 100}, id="a short last page"),
    ],
)
def test_a_listing_that_gave_what_it_claims_is_done(
    site: LoopbackSite, catalog: Catalog, total: int, information: dict[str, Any]
) -> None:
    served(site, page([], 2, totalResults=total), total, **information)
    done = crawl(site, catalog, "-a", "limit=100")
    assert (done.exit_code, stored(catalog)) == (0, 60), done.log


def in_turn(*pages: str | Reply) -> Callable[[], str | Reply]:
    """Serve one page after another, the last one for ever."""
    waiting = list(pages)
    return lambda: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def no_list(total: int) -> str:
    page_fields = fields([])
    page_fields["pageInfo"]["totalResults"] = total
    del page_fields["mods"]["itemList"]
    return init_data_of(page_fields)


def test_a_page_that_came_without_its_products_is_requested_once_more(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages = {
        LISTING: in_turn(page([], totalResults=90), page(cards(1, 60), totalResults=90)),
        f"{LISTING}?page=2": in_turn(no_list(90), page(cards(61, 30), 2, totalResults=90)),
    }
    done = crawl(site, catalog, "-a", "limit=90")
    assert (done.exit_code, stored(catalog)) == (0, 90), done.log
    assert requests(site) == 4


@pytest.mark.parametrize(
    ("first", "exit_code"),
    [(page([], totalResults=92_000), 3), (no_list(92_000), 6)],
    ids=["no cards", "no list of cards"],
)
def test_a_page_that_comes_without_its_products_twice_ends_the_crawl(
    site: LoopbackSite, catalog: Catalog, first: str, exit_code: int
) -> None:
    site.pages = {LISTING: first}
    done = crawl(site, catalog)
    assert (done.exit_code, requests(site)) == (exit_code, 2), done.log


@pytest.mark.parametrize(
    "information",
    [{"totalResults": 0}, {"totalResults": 12, "searchResultType": "zero_result"}],
    ids=["a total of 0", "zero_result"],
)
@pytest.mark.parametrize("recommended", [0, 30])
def test_no_results_are_an_empty_listing_whatever_is_recommended(
    site: LoopbackSite, catalog: Catalog, information: dict[str, Any], recommended: int
) -> None:
    site.pages = {LISTING: page(cards(1, recommended), **information)}
    done = crawl(site, catalog)
    assert (done.exit_code, stored(catalog), requests(site)) == (4, 0, 1), done.log


@pytest.mark.parametrize("number", [0, 5])
def test_a_first_page_is_the_first_whatever_it_calls_itself(
    site: LoopbackSite, catalog: Catalog, number: int
) -> None:
    site.pages = {LISTING: page(cards(1, 60), number), f"{LISTING}?page=2": page(cards(61, 60), 2)}
    done = crawl(site, catalog, "-a", "limit=100")
    assert (done.exit_code, stored(catalog)) == (0, 100), done.log


INDEX = category_index([("Bags & Shoes", [("Men's Shoes", "/category/2/mens-shoes.html")])])


def test_the_category_of_a_redirected_listing_is_unknown(
    site: LoopbackSite, catalog: Catalog
) -> None:
    children = [("Casual Shoes", "/category/3/casual-shoes.html")]
    site.pages = {
        "/all-wholesale-products.html": INDEX,
        "/category/2/mens-shoes.html": second_level_page(children),
        "/category/3/casual-shoes.html": Reply(status=302, location="/category/9/hats.html"),
        "/category/9/hats.html": page(cards(1, 25)),
    }
    done = crawl(site, catalog, spider="casual_shoes")
    assert (done.exit_code, stored(catalog)) == (0, 25), done.log
    assert catalog.rows("SELECT DISTINCT category FROM product") == [(None,)]
    listing = (f"{site.url}/category/9/hats.html", None)
    assert catalog.rows("SELECT listing, category FROM crawl") == [listing]


def test_a_redirect_to_another_name_of_the_category_keeps_it(
    site: LoopbackSite, catalog: Catalog
) -> None:
    children = [("Casual Shoes", "/category/3/casual-shoes.html")]
    site.pages = {
        "/all-wholesale-products.html": INDEX,
        "/category/2/mens-shoes.html": second_level_page(children),
        "/category/3/casual-shoes.html": Reply(status=301, location="/category/3/shoes.html"),
        "/category/3/shoes.html": page(cards(1, 25)),
    }
    done = crawl(site, catalog, spider="casual_shoes")
    assert done.exit_code == 0, done.log
    category = "Bags & Shoes > Men's Shoes > Casual Shoes"
    listing = (f"{site.url}/category/3/shoes.html", category)
    assert catalog.rows("SELECT listing, category FROM crawl") == [listing]


# Facts that vanish


@pytest.mark.parametrize("fact", ["prices", "image"])
def test_a_first_run_without_most_prices_or_pictures_is_partial(
    site: LoopbackSite, catalog: Catalog, fact: str
) -> None:
    bare = [{key: value for key, value in each.items() if key != fact} for each in cards(1, 6)]
    for each in bare:
        each["sellingPoints"] = []
    site.pages = {LISTING: page([*bare, *cards(7, 4)])}
    done = crawl(site, catalog, "-a", "limit=10")
    assert (done.exit_code, stored(catalog)) == (3, 10), done.log
    assert "is on 40% of the products, usually on 100%" in done.last_line


def test_the_alarm_of_a_fact_that_fell_clears_after_some_crawls(
    site: LoopbackSite, catalog: Catalog
) -> None:
    rated = [card(str(n), evaluation={"starRating": 4.5}) for n in range(1, 11)]
    site.pages = {LISTING: page(rated)}
    assert crawl(site, catalog, "-a", "limit=10").exit_code == 0
    site.pages = {LISTING: page(cards(1, 10))}
    codes = [crawl(site, catalog, "-a", "limit=10").exit_code for _ in range(4)]
    assert codes[0] == 3
    assert codes[-1] == 0


# Odd cards

ODD_CARDS = [
    pytest.param('{"productId": "9", "evaluation": {"starRating": NaN}}', id="NaN"),
    pytest.param('{"productId": "9", "lunch": -Infinity}', id="Infinity"),
    pytest.param('{"productId": "9", "title": "a\tb"}', id="a raw tab"),
    pytest.param(f'{{"productId": "9", "n": {"7" * 5000}}}', id="5,000 digits"),
    pytest.param('{"productId": "9", "n": 1e99999999999999999999}', id="a huge exponent"),
    pytest.param(f'{{"productId": "9", "n": {"[" * 20_000}{"]" * 20_000}}}', id="deep nesting"),
    pytest.param("{productId: '9', title: 'it\\'s \"]}', n: undefined,}", id="JavaScript"),
    pytest.param("undefined", id="undefined"),
]


@pytest.mark.parametrize("odd", ODD_CARDS)
def test_one_odd_card_costs_one_card(site: LoopbackSite, catalog: Catalog, odd: str) -> None:
    marked = [*cards(10, 30), {"productId": "odd"}, *cards(40, 29)]
    html = init_data(marked).replace(json.dumps({"productId": "odd"}), odd)
    assert odd in html
    empty = "<script>window._dida_config_._init_data_= { data: {} }</script>"
    site.pages = {LISTING: html.replace("<body>", f"<body>{empty}")}
    done = crawl(site, catalog, "-a", "limit=60")
    assert (done.exit_code, stored(catalog)) == (3, 59), done.log
    assert "1 dropped" in done.last_line
    assert "Traceback" not in done.log


def test_a_banner_among_the_cards_is_no_failure(site: LoopbackSite, catalog: Catalog) -> None:
    banner: Card = {"itemType": "banner", "image": {"imgUrl": "//ae01.alicdn.com/kf/b.png"}}
    site.pages = {LISTING: page([banner, *cards(1, 3)])}
    done = crawl(site, catalog, "-a", "limit=3")
    assert (done.exit_code, stored(catalog)) == (0, 3), done.log


# Blocks, logins and damaged responses

LOGIN = """<html><head><title>AliExpress</title></head><body>
<form action="https://login.aliexpress.com/do"><input name="p" type="password"></form></body>
</html>"""
APP = f"""<html><head><script>window._d_c_ = {{"isCSR": true}};
if (location.pathname.indexOf("{PUNISH}") > -1) report("{PUNISH}");</script></head>
<body><div id="root"></div></body></html>"""
ANSWERS = [
    pytest.param(LOGIN, 5, id="a login page with status 200"),
    pytest.param(
        "<html><head><title>Sign In</title></head><div id='root'></div></html>",
        5,
        id="a login page that a script fills",
    ),
    pytest.param(
        Reply(status=302, location="https://sec.aliexpress.com/query.htm?action=QueryAction"),
        5,
        id="a redirect to the old block page",
    ),
    pytest.param(
        f'<script>sessionStorage.x5referer=location.href;location.replace("{PUNISH}?x5step=1")'
        "</script>",
        5,
        id="a script that jumps to the block page",
    ),
    pytest.param(APP, 6, id="a page that only names the block page"),
]


@pytest.mark.parametrize(("answer", "exit_code"), ANSWERS)
def test_blocks_and_logins_are_told_from_other_pages(
    site: LoopbackSite, catalog: Catalog, answer: str | Reply, exit_code: int
) -> None:
    site.pages = {LISTING: answer}
    done = crawl(site, catalog)
    assert done.exit_code == exit_code, done.log


def zipped(body: bytes, status: int = 200) -> Reply:
    return Reply(body, status=status, headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(zipped(gzip.compress(page(cards(1, 60)).encode())[:-20]), id="truncated"),
        pytest.param(zipped(b"", 429), id="busy, and empty"),
        pytest.param(zipped(b"", 503), id="unavailable, and empty"),
    ],
)
def test_a_damaged_response_is_requested_again(
    site: LoopbackSite, catalog: Catalog, first: Reply
) -> None:
    site.pages = {LISTING: in_turn(first, page(cards(1, 60)))}
    done = crawl(site, catalog)
    assert (done.exit_code, stored(catalog), requests(site)) == (0, 25, 2), done.log


def test_a_robots_txt_that_is_too_busy_is_unreadable(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages = {"/robots.txt": Reply("busy", status=429), LISTING: page(cards(1, 60))}
    done = crawl(site, catalog)
    assert (done.exit_code, requests(site)) == (9, 0), done.log


# Product pages


def product_rows(catalog: Catalog) -> list[tuple[Any, ...]]:
    """Return the store name of each product, and whether its page is marked as read."""
    sql = "SELECT store_name, product_page_read_at IS NOT NULL FROM product ORDER BY id"
    return catalog.rows(sql)


def crawl_products(site: LoopbackSite, catalog: Catalog, *pages: str | Reply) -> Crawl:
    site.pages[LISTING] = page(cards(1, len(pages)))
    for number, product_page in enumerate(pages, start=1):
        site.pages[f"/item/{number}.html"] = product_page
    return crawl(site, catalog, "-a", f"limit={len(pages)}", "-a", "details=auto")


def javascript(text: str) -> Reply:
    return Reply(text, content_type="application/javascript")


@needs_browser
def test_a_product_is_gone_only_if_the_site_says_so(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[QUERY] = javascript(reply({}))
    good = modules_page(3, "Store", FREE)
    done = crawl_products(site, catalog, shell("1", site.url), Reply("not here", 410), good)
    assert done.exit_code == 3, done.log
    assert product_rows(catalog) == [(None, 0), (None, 1), ("Store", 1)]


@needs_browser
def test_a_site_that_calls_everything_gone_is_not_believed(
    site: LoopbackSite, catalog: Catalog
) -> None:
    done = crawl_products(site, catalog, *[Reply("not here", 404)] * 3)
    assert done.exit_code == 3, done.log
    assert "all of 3 products gone" in done.last_line
    assert product_rows(catalog) == [(None, 0)] * 3


@needs_browser
def test_two_products_that_are_gone_are_believed(site: LoopbackSite, catalog: Catalog) -> None:
    done = crawl_products(site, catalog, *[Reply("not here", 404)] * 2)
    assert done.exit_code == 0, done.log
    assert product_rows(catalog) == [(None, 1)] * 2


@needs_browser
def test_pages_without_a_store_are_a_changed_layout(site: LoopbackSite, catalog: Catalog) -> None:
    pages = [components_page(n, None, fee(2) if n != 3 else None) for n in range(1, 5)]
    done = crawl_products(site, catalog, *pages[:3], components_page(4, "Store", fee(2)))
    assert done.exit_code == 3, done.log
    assert [row[1] for row in product_rows(catalog)] == [1, 1, 0, 1]
    assert "components layout" in catalog.rows("SELECT reason FROM crawl")[0][0] + done.log
    kept = list(catalog.failed_pages.iterdir())
    assert len(kept) == 2  # the page without any fact, and one of the layout
    assert all(b"productInfoComponent" in gzip.decompress(page.read_bytes()) for page in kept)


@needs_browser
def test_a_page_must_be_that_product_s_own(site: LoopbackSite, catalog: Catalog) -> None:
    site.pages[LISTING] = page([card("1"), card("2", redirectedId="7"), card("3")])
    site.pages |= {
        "/item/1.html": modules_page(None, "Nobody's Store", FREE),
        "/item/2.html": modules_page(7, "Redirected Store", FREE),
        "/item/3.html": modules_page(8, "Other Store", FREE),
    }
    done = crawl(site, catalog, "-a", "limit=3", "-a", "details=auto")
    assert done.exit_code == 3, done.log
    assert [row[0] for row in product_rows(catalog)] == [None, "Redirected Store", None]


@needs_browser
def test_of_several_replies_the_one_for_this_product_is_read(
    site: LoopbackSite, catalog: Catalog
) -> None:
    def answer() -> Reply:
        is_mine = "productId%22%3A%221%22" in site.asked[-1].path
        name = "My Store" if is_mine else "Other Store"
        return javascript(reply({"SHOP_CARD_PC": {"storeName": name}}))

    site.pages[QUERY] = answer
    both = shell("1", site.url).replace(
        "ask();\n</script>",
        f'var other = document.createElement("script"); other.src = "{QUERY}?callback=mtopjsonp1'
        '&data=%7B%22productId%22%3A%229%22%7D"; document.body.appendChild(other);'
        "other.onload = ask;\n</script>",
    )
    done = crawl_products(site, catalog, both)
    assert product_rows(catalog) == [("My Store", 1)], done.log
    assert done.exit_code == 0


@needs_browser
def test_three_block_pages_for_the_script_end_the_product_pages(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages[QUERY] = Reply(block_page())
    done = crawl_products(site, catalog, *(shell(str(n), site.url) for n in range(1, 6)))
    assert done.exit_code == 3, done.log
    assert sum(path.startswith("/item/") for path in site.paths) == 3


@needs_browser
def test_products_that_are_gone_are_stored_with_the_next_that_is_read(
    site: LoopbackSite, catalog: Catalog
) -> None:
    site.pages[QUERY] = javascript(reply(gone("1")))
    done = crawl_products(
        site,
        catalog,
        shell("1", site.url),
        Reply("not here", 404),
        Reply("not here", 404),
        modules_page(4, "Store", FREE),
    )
    assert done.exit_code == 0, done.log
    assert [row[1] for row in product_rows(catalog)] == [1, 1, 1, 1]
