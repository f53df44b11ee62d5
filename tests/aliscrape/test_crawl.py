"""`scrapy crawl` from outside: real processes, a real site and a real database."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aliscrape import __version__
from tests.crawls import NO_BROWSER, Crawl, scrapy_crawl
from tests.databases import run_sql
from tests.listings import (
    block_page,
    card,
    init_data,
    money,
    product_shell,
    search_reply,
    tiny_block_page,
    us_id,
)
from tests.loopback import LoopbackSite, Reply, loopback_site

PUBLIC = "/w/wholesale-men-casual-shoes.html"


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


class Shop:
    """A site, a database, and crawls of the one into the other."""

    def __init__(self, site: LoopbackSite, database_url: str) -> None:
        self.site = site
        self.database_url = database_url

    @property
    def variables(self) -> dict[str, str]:
        return {"SITE_URL": self.site.url, "DATABASE_URL": self.database_url, **NO_BROWSER}

    def crawl(self, *options: str, spider: str = "casual_shoes", **variables: str) -> Crawl:
        return scrapy_crawl(spider, *options, **self.variables | variables)

    def crawl_listing(self, *options: str, **variables: str) -> Crawl:
        return self.crawl("-a", f"url={self.site.url}{PUBLIC}", *options, **variables)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return run_sql(self.database_url, sql)

    def stored(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT aliexpress_id FROM product ORDER BY id")]

    def last_row(self, *columns: str) -> tuple[Any, ...]:
        names = ", ".join(columns)
        (row,) = self.rows(f"SELECT {names} FROM crawl ORDER BY id DESC LIMIT 1")  # noqa: S608  # ours
        return row


@pytest.fixture
def shop(site: LoopbackSite, database_url: str) -> Shop:
    return Shop(site, database_url)


def page(*ids: int, number: int | None = 1) -> str:
    return init_data([card(str(n)) for n in ids], number)


# What a run gathers


def test_a_run_stores_the_first_25_and_a_second_says_that_nothing_is_new(shop: Shop) -> None:
    shop.site.pages[PUBLIC] = page(*range(1, 61))
    first = shop.crawl_listing()
    assert first.exit_code == 0
    assert "25 new, 0 known" in first.last_line
    assert shop.stored() == [str(n) for n in range(1, 26)]
    second = shop.crawl_listing()
    assert second.exit_code == 0
    assert "0 new, 25 known. For 25 more products: -a new=25" in second.last_line
    assert len(shop.stored()) == 25


def test_new_goes_on_past_what_earlier_runs_stored(shop: Shop) -> None:
    shop.site.pages |= {PUBLIC: page(*range(1, 31)), f"{PUBLIC}?page=2": page(*range(31, 61),
                        number=2)}  # fmt: skip
    shop.crawl_listing()
    done = shop.crawl_listing("-a", "new=10")
    assert done.exit_code == 0
    assert "10 new, 25 known" in done.last_line
    assert shop.stored() == [str(n) for n in range(1, 36)]


def test_the_same_products_under_both_ids_on_three_pages_in_two_runs_are_stored_once(
    shop: Shop,
) -> None:
    titles = [{"displayTitle": f"Casual shoe {n}"} for n in range(41)]
    picture = {"imgUrl": "//ae01.alicdn.com/kf/Sa.jpg"}
    globally = [card(str(n), title=titles[n], image=picture) for n in range(1, 41)]
    for_the_us = [card(us_id(n), title=titles[n], image=picture) for n in range(1, 41)]
    shop.site.pages |= {
        PUBLIC: init_data([*globally[:20], *for_the_us[:10]], 1),
        f"{PUBLIC}?page=2": init_data([*for_the_us[:5], *for_the_us[10:30]], 2),
        f"{PUBLIC}?page=3": init_data([*globally[25:], *for_the_us[35:]], 3),
        f"{PUBLIC}?page=4": init_data([], 4),
    }
    first = shop.crawl_listing("-a", "limit=100")
    assert (first.exit_code, shop.stored()) == (0, [str(n) for n in range(1, 41)])
    found, new, repeated = shop.last_row("found", "new", "repeated")
    assert (found, new, repeated) == (75, 40, 35)
    shop.site.pages[PUBLIC] = init_data([*for_the_us, *globally], 1)
    shop.crawl_listing("-a", "limit=100")
    assert sorted(map(int, shop.stored())) == list(range(1, 41))
    assert shop.last_row("new", "unchanged", "repeated") == (0, 40, 40)
    links = {url for (url,) in shop.rows("SELECT url FROM product")}
    assert links == {f"{shop.site.url}/item/{n}.html" for n in range(1, 41)}


@pytest.mark.parametrize(
    ("pages", "stored", "reason"),
    [
        pytest.param([page(1, 2), page(3, number=2), page(number=3)], 3, "ended before page 3",
                     id="an empty page ends it"),
        pytest.param([page(1, 2), page(2, 1, number=2)], 2, "page 2 repeats",
                     id="a page without a new product"),
        pytest.param([page(1, 2), page(3, 4, number=1)], 2, "page 2 came as page 1",
                     id="a page that says it is another"),
        pytest.param([page(1, 2, number=None), page(3, number=None), page(1, number=None)], 3,
                     "page 3 repeats", id="pages that say no number"),
    ],
)  # fmt: skip
def test_a_listing_that_ends_before_the_limit_is_done(
    shop: Shop, pages: list[str], stored: int, reason: str
) -> None:
    for number, html in enumerate(pages, start=1):
        shop.site.pages[f"{PUBLIC}?page={number}" if number > 1 else PUBLIC] = html
    done = shop.crawl_listing()
    assert (done.exit_code, len(shop.stored())) == (0, stored)
    assert reason in done.last_line


def test_it_reads_no_more_pages_than_it_may(shop: Shop) -> None:
    numbers = iter(range(1, 100))

    def next_page() -> str:
        number = next(numbers)
        return page(number, number=number)

    shop.site.pages[PUBLIC] = next_page
    done = shop.crawl_listing("-a", "max_pages=3")
    assert (done.exit_code, shop.stored()) == (0, ["1", "2", "3"])
    assert shop.site.paths == ["/robots.txt", PUBLIC, f"{PUBLIC}?page=2", f"{PUBLIC}?page=3"]


def test_a_listing_s_address_may_name_the_page_to_begin_with(shop: Shop) -> None:
    shop.site.pages |= {f"{PUBLIC}?page=2": page(2, number=2), f"{PUBLIC}?page=3": page(number=3)}
    done = shop.crawl("-a", f"url={shop.site.url}{PUBLIC}?page=2")
    assert (done.exit_code, shop.stored()) == (0, ["2"])


def test_dropped_cards_are_counted_shown_and_make_the_run_partial(shop: Shop) -> None:
    cards = [card("1"), card("x"), card("2", title=None), card("3")]
    shop.site.pages |= {PUBLIC: init_data(cards), f"{PUBLIC}?page=2": page(number=2)}
    done = shop.crawl_listing()
    assert (done.exit_code, shop.stored()) == (3, ["1", "3"])
    assert "1 dropped: no aliexpress_id; 1 dropped: no title" in done.last_line
    assert shop.last_row("outcome", "found", "new", "dropped") == ("partial", 4, 2, 2)


# The crawl's row and the exit codes


def test_the_row_says_what_was_read_when_and_how_it_ended(shop: Shop) -> None:
    shop.site.pages[PUBLIC] = page(1)
    shop.crawl_listing("-a", "category=Shoes", "-a", "limit=1")
    spider, listing, category, outcome, pages = shop.last_row(
        "spider", "listing", "category", "outcome", "pages"
    )
    assert (spider, listing, category, outcome, pages) == (
        "casual_shoes", f"{shop.site.url}{PUBLIC}", "Shoes", "done", 1
    )  # fmt: skip
    started, finished = shop.last_row("started_at", "finished_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", started)
    assert started < finished
    assert shop.rows("SELECT category FROM product") == [("Shoes",)]


ENDINGS = [
    pytest.param(page(), 4, "empty", "no products", id="an empty listing"),
    pytest.param(block_page(), 5, "blocked", "block page", id="a block page"),
    pytest.param(
        tiny_block_page(), 5, "blocked", "block page", id="a block's script", marks=pytest.mark.long
    ),
    pytest.param(
        Reply(block_page(), 403), 5, "blocked", "block page", id="a block page with its status",
        marks=pytest.mark.long,
    ),
    pytest.param(
        Reply(json.dumps({"ret": ["RGV587_ERROR::SM"]}), content_type="application/json"),
        5, "blocked", "block page", id="a block as a reply",
    ),
    pytest.param(product_shell(), 6, "not understood", "layout", id="a product's shell"),
    pytest.param(
        "<h1>Hello</h1>", 6, "not understood", "layout", id="another page", marks=pytest.mark.long
    ),
    pytest.param(
        init_data({"changed": True}), 6, "not understood", "itemList", id="a changed layout"
    ),
    pytest.param(
        init_data([card("x"), card(None)]), 6, "not understood", "none has", id="ids are gone",
        marks=pytest.mark.long,
    ),
    pytest.param(Reply("gone", 404), 3, "partial", "404", id="a page that is not there"),
    pytest.param(
        Reply(b"\x89PNG\r\n", content_type="image/png"), 6, "not understood", "", id="a picture",
        marks=pytest.mark.long,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "exit_code", "outcome", "words"), ENDINGS)
def test_what_is_no_listing_ends_the_crawl_and_changes_nothing(
    shop: Shop, reply: str | Reply, exit_code: int, outcome: str, words: str
) -> None:
    shop.site.pages[PUBLIC] = page(1, 2)
    shop.crawl_listing("-a", "limit=2")
    before = shop.rows("SELECT * FROM product")
    shop.site.pages[PUBLIC] = reply
    done = shop.crawl_listing()
    assert done.exit_code == exit_code, done.log
    assert f"Crawl {outcome} (exit code {exit_code})" in done.last_line
    assert words in done.last_line
    assert shop.last_row("outcome") == (outcome,)
    assert shop.rows("SELECT * FROM product") == before
    assert shop.rows("SELECT COUNT(*) FROM observation") == [(2,)]


@pytest.mark.parametrize(
    ("second", "exit_code"),
    [(block_page(), 5), (product_shell(), 6), (Reply("busy", 500), 3)],
    ids=["blocked", "another layout", "an error of the server"],
)
def test_good_pages_before_a_failure_stay_stored(
    shop: Shop, second: str | Reply, exit_code: int
) -> None:
    shop.site.pages |= {PUBLIC: page(1, 2), f"{PUBLIC}?page=2": second}
    done = shop.crawl_listing("-s", "RETRY_TIMES=0")
    assert (done.exit_code, shop.stored()) == (exit_code, ["1", "2"])


@pytest.mark.parametrize("site_url", ["http://127.0.0.1:9", "https://shop.invalid"])
def test_a_site_that_cannot_be_reached_is_partial_and_names_the_network(
    site_url: str, shop: Shop
) -> None:
    done = shop.crawl(SITE_URL=site_url)
    assert done.exit_code == 3
    assert f"Could not connect to {site_url} (" in done.last_line
    assert done.last_line.endswith("Check your network, then run the crawl again.")


def test_robots_txt_is_obeyed(shop: Shop) -> None:
    shop.site.pages |= {PUBLIC: page(1), "/robots.txt": "User-agent: *\nDisallow: /w/\n"}
    done = shop.crawl_listing()
    assert done.exit_code == 9
    assert "robots.txt" in done.last_line
    assert shop.site.paths == ["/robots.txt"]


def test_storage_that_fails_is_said_and_ends_the_crawl(shop: Shop) -> None:
    shop.site.pages |= {PUBLIC: page(1), f"{PUBLIC}?page=2": page(2, number=2)}
    shop.crawl_listing("-a", "limit=1")
    shop.rows("ALTER TABLE observation RENAME TO elsewhere")
    done = shop.crawl_listing()
    assert done.exit_code == 7
    assert "1 not stored" in done.last_line
    assert shop.last_row("outcome", "failed") == ("storage failed", 1)
    assert f"{PUBLIC}?page=2" not in shop.site.paths


def test_a_database_that_cannot_be_opened_ends_the_crawl_before_it_begins(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    done = shop.crawl_listing(DATABASE_URL=f"sqlite:///{tmp_path}/file/products.db")
    assert done.exit_code == 7
    assert "storage failed" in done.last_line
    assert shop.site.paths == []


def test_a_newer_database_is_refused(shop: Shop) -> None:
    shop.site.pages[PUBLIC] = page(1)
    shop.crawl_listing("-a", "limit=1")
    shop.rows("INSERT INTO schema_migration (name, applied) VALUES ('9999_future', 'now')")
    done = shop.crawl_listing()
    assert done.exit_code == 7
    assert "newer schema" in done.last_line


def test_an_error_that_nobody_foresaw_makes_the_run_partial(shop: Shop) -> None:
    shop.site.pages[PUBLIC] = page(1, 2, 3)
    pipelines = {
        "tests.failing.FailingPipeline": 450,
        "aliscrape.pipelines.store.StorePipeline": 500,
    }
    done = shop.crawl_listing("-a", "limit=3", "-s", f"ITEM_PIPELINES={json.dumps(pipelines)}")
    assert (done.exit_code, shop.stored()) == (3, ["1", "3"])
    assert "RuntimeError: a bug of ours" in done.last_line


USAGE = [
    (["-a", "limit=0"], "limit"),
    (["-a", "limit=5", "-a", "new=5"], "not both"),
    (["-a", "url=https://www.aliexpress.com.evil.example/"], "url"),
    (["-a", "details=yes"], "details"),
    (["-a", "colour=red"], "colour"),
    (["-a", "limit"], "-a"),
]


@pytest.mark.parametrize(("options", "named"), USAGE, ids=[named for _, named in USAGE])
def test_wrong_arguments_are_usage(shop: Shop, options: list[str], named: str) -> None:
    done = shop.crawl(*options)
    assert done.exit_code == 2
    assert named in done.last_line
    assert shop.site.paths == []


@pytest.mark.parametrize("spider", ["category", "nothing"])
def test_a_spider_without_its_listing_or_without_being_is_usage(shop: Shop, spider: str) -> None:
    assert shop.crawl(spider=spider).exit_code == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SITE_URL", "shoes"),
        ("ALIEXPRESS_CURRENCY", "dollars"),
        ("DETAILS_MAX_AGE_DAYS", "a month"),
        ("DETAILS_MAX_AGE_DAYS", "-1"),
        ("ALIEXPRESS_REGION", "1"),
        ("ALIEXPRESS_LOCALE", "english"),
    ],
)
def test_a_wrong_variable_is_named_and_the_crawl_does_not_start(
    shop: Shop, variable: str, value: str
) -> None:
    done = shop.crawl(**{variable: value})
    assert done.exit_code == 1
    assert variable in done.last_line


# A good guest


def test_every_request_says_who_asks_and_in_which_locale(shop: Shop) -> None:
    shop.site.pages |= {PUBLIC: Reply(status=302, location="/moved.html"), "/moved.html": page(1)}
    shop.crawl_listing("-a", "limit=1", ALIEXPRESS_CURRENCY="EUR", ALIEXPRESS_REGION="ES",
               ALIEXPRESS_LOCALE="es_ES", ALISCRAPE_CONTACT="me@example.org")  # fmt: skip
    assert len(shop.site.asked) == 3
    for request in shop.site.asked:
        assert request.headers["User-Agent"] == f"aliscrape/{__version__} (+me@example.org)"
        assert request.headers["Cookie"] == (
            "aep_usuc_f=site=glo&c_tp=EUR&region=ES&b_locale=es_ES"
        )


def test_another_currency_than_asked_is_kept_and_warned_about(shop: Shop) -> None:
    yen = card("1", prices={"salePrice": money(410, "JPY", "￥ 410")})
    shop.site.pages[PUBLIC] = Reply(search_reply([yen]), content_type="application/json")
    done = shop.crawl_listing("-a", "limit=1")
    assert done.exit_code == 0
    assert "The page is in JPY, not in USD as requested" in done.log
    assert shop.rows("SELECT price_minor, currency FROM product") == [(410, "JPY")]


# Scrapy's own ways


def test_items_can_be_written_to_a_csv_file_one_row_per_product(shop: Shop, tmp_path: Path) -> None:
    shop.site.pages[PUBLIC] = init_data([card("1", price=23.9), card("1"), card("2", price=None)])
    shop.crawl_listing("-a", "limit=2", "-O", str(tmp_path / "products.csv"))
    with (tmp_path / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["aliexpress_id"], row["price"], row["currency"]) for row in rows] == [
        ("1", "23.90", "USD"),
        ("2", "", "USD"),
    ]


def test_the_last_line_stands_in_the_log_file_too(shop: Shop, tmp_path: Path) -> None:
    shop.site.pages[PUBLIC] = page(1)
    shop.crawl_listing("-a", "limit=1", "--logfile", str(tmp_path / "crawl.log"))
    assert "Crawl done" in (tmp_path / "crawl.log").read_text().rstrip().rsplit("\n", 1)[-1]
