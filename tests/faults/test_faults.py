"""Everything that goes wrong, each as a real crawl against a faulty site.

A good crawl has stored products 1 to 3 before. Whatever happens then, they stay as they were, and
the exit code, the last line and the crawl's row say what happened.
"""

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.crawls import NO_BROWSER, Crawl, scrapy_crawl
from tests.databases import run_sql
from tests.listings import (
    block_page,
    card,
    init_data,
    init_data_of,
    product_shell,
    tiny_block_page,
)
from tests.loopback import LoopbackSite, Reply, loopback_site
from tests.postgres import Postgres

LISTING = "/w/wholesale-men-casual-shoes.html"
PAGE_2 = f"{LISTING}?page=2"
Page = str | Reply | tuple[str | Reply, ...]
"""What a page answers, or its answers one after the other."""
Pages = Mapping[str, Page]


def page(*ids: int, number: int = 1) -> str:
    return init_data([card(str(n)) for n in ids], number)


GOOD = page(1, 2, 3)


def packed(data: bytes) -> Reply:
    return Reply(data, headers={"Content-Encoding": "gzip"})


def first_then(*replies: str | Reply) -> tuple[str | Reply, ...]:
    """Return a page with another answer each time; the last one stays."""
    return replies


def answering(page: Page) -> str | Reply | Callable[[], str | Reply]:
    """Return a page for one test: each begins with the first answer."""
    if not isinstance(page, tuple):
        return page
    left = list(page)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def busy(status: int, **headers: str) -> Reply:
    return Reply("busy", status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def date_in(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


WHOLE = GOOD.encode()
ZIPPED = gzip.compress(WHOLE)
DAMAGED = ZIPPED[:60] + bytes([ZIPPED[60] ^ 0xFF]) + ZIPPED[61:]
WRONG_SUM = ZIPPED[:-8] + bytes([ZIPPED[-8] ^ 0xFF]) + ZIPPED[-7:]
BOMB = gzip.compress(b" " * (17 * 2**20))
HUGE = GOOD + " " * (17 * 2**20)
CUT = WHOLE[: len(WHOLE) // 2]


@dataclass(frozen=True)
class Fault:
    """A faulty site and how a crawl of it must end."""

    name: str
    pages: Pages
    exit_code: int
    words: str
    stored: tuple[int, ...] = (1, 2, 3)
    options: tuple[str, ...] = ()
    asked: int | None = None
    """How often the listing is asked for, its robots.txt not counted."""
    is_long: bool = True
    """Left out of the short profile."""
    variables: Mapping[str, str] = field(default_factory=dict)


def at_once(name: str, pages: Pages, exit_code: int, words: str, **more: Any) -> Fault:
    """Return a fault that the short profile tests too."""
    return Fault(name, pages, exit_code, words, is_long=False, **more)


def robots(reply: str | Reply) -> Pages:
    return {"/robots.txt": reply, LISTING: GOOD}


OUTCOMES = {0: "done", 3: "partial", 4: "empty", 5: "blocked", 6: "not understood",
            7: "storage failed", 9: "forbidden by robots.txt"}  # fmt: skip

FAULTS = [
    # robots.txt fails closed
    at_once("robots.txt is a server's error", robots(Reply("x", 500)), 9, "status 500", asked=0),
    Fault("robots.txt is not available", robots(Reply("x", 503)), 9, "status 503", asked=0),
    Fault("robots.txt is a page", robots("<html>Welcome</html>"), 9, "is a page", asked=0),
    Fault("robots.txt is the block page", robots(block_page()), 9, "is a page", asked=0),
    Fault("robots.txt is binary", robots(Reply(b"\0\1\2", content_type="text/plain")), 9,
          "no text", asked=0),
    Fault("robots.txt is sent away", robots(Reply(status=302, location="http://example.invalid/")),
          9, "redirected", asked=0),
    Fault("robots.txt goes round in circles", robots(Reply(status=302, location="/robots.txt")),
          9, "Could not download", asked=0),
    Fault("robots.txt is cut short", robots(Reply("User-agent", length=500)), 9,
          "Could not download", asked=0),
    Fault("robots.txt forbids us by name", robots("User-agent: aliscrape\nDisallow: /\n"), 9,
          "forbids", asked=0),
    at_once("robots.txt forbids all", robots("User-agent: *\nDisallow: /w/\n"), 9, "forbids",
            asked=0),
    Fault("robots.txt is not there", {**robots(Reply("no", 404)), PAGE_2: page(number=2)}, 0,
          "0 new, 3 known"),
    Fault("robots.txt is not for us to see", {**robots(Reply("no", 403)), PAGE_2: page(number=2)},
          0, "0 new, 3 known"),
    Fault("robots.txt has nothing in it", {**robots(""), PAGE_2: page(number=2)}, 0, "3 known"),
    # The site says no
    at_once("a block page", {LISTING: block_page()}, 5, "block page", asked=1),
    Fault("a block that is a script", {LISTING: tiny_block_page()}, 5, "block page", asked=1),
    Fault("a block as a reply",
          {LISTING: Reply(json.dumps({"ret": ["FAIL_SYS_USER_VALIDATE"]}),
                          content_type="application/json")}, 5, "block page", asked=1),
    Fault("a block page with 429", {LISTING: Reply(block_page(), 429)}, 5, "block page", asked=1),
    Fault("a block page with 503", {LISTING: Reply(block_page(), 503)}, 5, "block page", asked=1),
    at_once("403", {LISTING: Reply("no", 403)}, 5, "403", asked=1),
    Fault("401", {LISTING: Reply("no", 401)}, 5, "401", asked=1),
    Fault("451", {LISTING: Reply("no", 451)}, 5, "451", asked=1),
    Fault("a login", {LISTING: Reply(status=302, location="/login?return=x")}, 5, "login",
          asked=1),
    Fault("a login on its own host",
          {LISTING: Reply(status=302, location="https://login.aliexpress.com/x")}, 5, "login",
          asked=1),
    Fault("the way to the captcha",
          {LISTING: Reply(status=302, location=f"{LISTING}/_____tmd_____/punish?x5step=1")}, 5,
          "block page", asked=1),
    at_once("blocked on the second page", {LISTING: page(4, 5), PAGE_2: block_page()}, 5,
            "2 new", stored=(1, 2, 3, 4, 5)),
    Fault("refused on the second page", {LISTING: page(4), PAGE_2: Reply("no", 403)}, 5, "1 new",
          stored=(1, 2, 3, 4)),
    # The site is busy
    at_once("429 for ever", {LISTING: busy(429, Retry_After="0")}, 3, "429", asked=4),
    Fault("429 once", {LISTING: first_then(busy(429, Retry_After="0"), GOOD),
                       PAGE_2: page(number=2)}, 0, "3 known"),
    Fault("503 until a date", {LISTING: first_then(busy(503, Retry_After=date_in(0.5)), GOOD),
                               PAGE_2: page(number=2)}, 0, "3 known"),
    Fault("503 for ever, without a word", {LISTING: busy(503)}, 3, "503", asked=4,
          options=("-s", "RETRY_PAUSE=0.01")),
    Fault("a longer wait than anybody has", {LISTING: busy(429, Retry_After="99999")}, 3,
          "99999 seconds", asked=1),
    Fault("a wait that cannot be read", {LISTING: busy(503, Retry_After="soon")}, 3, "503",
          asked=4, options=("-s", "RETRY_PAUSE=0.01")),
    # The answer is broken
    at_once("404", {LISTING: Reply("no", 404)}, 3, "404", asked=1),
    Fault("500 for ever", {LISTING: Reply("no", 500)}, 3, "500", asked=3),
    Fault("500 once", {LISTING: first_then(Reply("no", 500), GOOD), PAGE_2: page(number=2)}, 0,
          "3 known"),
    Fault("500 on the second page", {LISTING: page(4), PAGE_2: Reply("no", 500)}, 3, "1 new",
          stored=(1, 2, 3, 4)),
    Fault("sent away", {LISTING: Reply(status=302, location="http://example.invalid/x")}, 3,
          "away", asked=1),
    Fault("sent away after a retry",
          {LISTING: first_then(Reply("no", 500),
                               Reply(status=302, location="http://example.invalid/x"))}, 3,
          "away", asked=2),
    Fault("sent in circles", {LISTING: Reply(status=302, location=LISTING)}, 3, "redirect"),
    Fault("a meta refresh is not followed",
          {LISTING: '<meta http-equiv="refresh" content="0;url=/elsewhere">'}, 6, "layout",
          asked=1),
    Fault("cut short of its length", {LISTING: Reply(CUT, length=len(WHOLE))}, 3,
          "Could not download", asked=3),
    at_once("cut short without a length", {LISTING: Reply(CUT, length=None)}, 3, "truncated",
            asked=1),
    Fault("whole, without a length", {LISTING: Reply(GOOD, length=None), PAGE_2: page(number=2)},
          0, "3 known"),
    at_once("damaged gzip", {LISTING: packed(DAMAGED)}, 3, "damaged", asked=3),
    Fault("gzip with a wrong checksum", {LISTING: packed(WRONG_SUM)}, 3, "damaged", asked=3),
    Fault("gzip cut short", {LISTING: packed(ZIPPED[:-40])}, 3, "does not end", asked=3),
    Fault("gzip that is none", {LISTING: packed(WHOLE)}, 3, "damaged", asked=3),
    Fault("whole gzip", {LISTING: packed(ZIPPED), PAGE_2: page(number=2)}, 0, "3 known"),
    Fault("a gzip bomb", {LISTING: packed(BOMB)}, 3, "16 MiB", asked=1),
    Fault("larger than any page", {LISTING: HUGE}, 3, "Could not download", asked=1),
    Fault("damaged on the second page", {LISTING: page(4), PAGE_2: packed(DAMAGED)}, 3, "1 new",
          stored=(1, 2, 3, 4)),
    # The page is another
    Fault("not text", {LISTING: Reply(b"\x89PNG\r\n", content_type="image/png")}, 6, "", asked=1),
    Fault("nothing", {LISTING: ""}, 6, "layout", asked=1),
    Fault("an empty listing", {LISTING: page()}, 4, "no products", asked=1),
    at_once("a product's shell", {LISTING: product_shell()}, 6, "layout", asked=1),
    Fault("a payload that is not JSON", {LISTING: GOOD.replace('"data"', "data")}, 6, "layout"),
    Fault("a payload with NaN", {LISTING: GOOD.replace("12.34", "NaN")}, 6, "layout"),
    Fault("a payload nested beyond reason", {LISTING: "_init_data_= { data: " + '{"a":' * 50_000},
          6, "layout"),
    at_once("a key is missing", {LISTING: init_data_of({"mods": {"sortBar": {}}})}, 6,
            "init_data layout has changed: no list at mods.itemList.content"),
    Fault("a type has changed", {LISTING: init_data({"0": card("9")})}, 6,
          "no list at mods.itemList.content"),
    Fault("ids are text", {LISTING: init_data([card("shoe-9"), card("shoe-8")])}, 6,
          "none has a product id"),
    Fault("titles are gone", {LISTING: init_data([card("9", title=None)])}, 6, "with a title"),
    Fault("the second page has changed", {LISTING: page(4), PAGE_2: init_data({})}, 6, "1 new",
          stored=(1, 2, 3, 4)),
    at_once("one card cannot be read",
            {LISTING: init_data([card("x"), card("4")]), PAGE_2: page(number=2)}, 3,
            "1 dropped: no aliexpress_id", stored=(1, 2, 3, 4)),
]  # fmt: skip


def crawl_well(url: str) -> None:
    with loopback_site({LISTING: GOOD}) as site:
        done = crawl(site, url, "-a", "limit=3")
        assert done.exit_code == 0, done.log


@pytest.fixture(scope="module")
def good_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database into which a good crawl has gone."""
    path = tmp_path_factory.mktemp("good") / "aliscrape.db"
    crawl_well(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def good_template(postgres: Postgres) -> Iterator[str]:
    """Return the name of such a database of a server."""
    url = postgres.new_database()
    crawl_well(url)
    yield url.rpartition("/")[2]
    postgres.drop(url)


@pytest.fixture
def database(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a copy of such a database."""
    if engine == "sqlite":
        copied = shutil.copy(request.getfixturevalue("good_file"), tmp_path / "aliscrape.db")
        yield f"sqlite:///{copied}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.new_database(request.getfixturevalue("good_template"))
    yield url
    server.drop(url)


def crawl(site: LoopbackSite, url: str, *options: str, **variables: str) -> Crawl:
    known = {"SITE_URL": site.url, "DATABASE_URL": url, **NO_BROWSER}
    listing = f"url={site.url}{LISTING}"
    return scrapy_crawl("category", "-a", listing, *options, **known | variables)


STATE = "SELECT aliexpress_id, title, price_minor, currency FROM product ORDER BY id"


@pytest.mark.parametrize(
    "fault",
    [pytest.param(f, id=f.name, marks=[pytest.mark.long] if f.is_long else []) for f in FAULTS],
)
def test_a_fault_is_told_and_loses_nothing(fault: Fault, database: str, tmp_path: Path) -> None:
    before = run_sql(database, STATE)
    kept = tmp_path / "failed-pages"
    with loopback_site({path: answering(page) for path, page in fault.pages.items()}) as site:
        options = ("-s", f"FAILED_PAGES={kept}", *fault.options)
        done = crawl(site, database, *options)
    outcome = OUTCOMES[fault.exit_code]
    assert done.exit_code == fault.exit_code, done.log
    assert f"Crawl {outcome} (exit code {fault.exit_code}): " in done.last_line
    assert fault.words in done.last_line
    assert run_sql(database, STATE)[: len(before)] == before
    assert tuple(int(row[0]) for row in run_sql(database, STATE)) == fault.stored
    counted = "found, new + changed + unchanged + repeated + ignored + dropped + failed"
    last = f"SELECT outcome, {counted} FROM crawl ORDER BY id DESC LIMIT 1"  # noqa: S608  # ours
    (row,) = run_sql(database, last)
    assert (row[0], row[1]) == (outcome, row[2])
    asked = [path for path in site.paths if path != "/robots.txt"]
    if fault.asked is not None:
        assert len(asked) == fault.asked
    if fault.exit_code == 6:
        pages = list(kept.iterdir()) if kept.exists() else []
        assert len(pages) == (0 if fault.pages[LISTING] == "" else 1)  # there is nothing to keep


def test_there_are_more_than_forty_five_of_them() -> None:
    assert len(FAULTS) >= 45
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
