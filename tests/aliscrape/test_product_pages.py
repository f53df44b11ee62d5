"""Product pages: a real browser, a real crawl, a shop on this machine."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsers import needs_browser
from tests.crawls import (
    ROOT,
    Crawl,
    environment,
    finish,
    scrapy_crawl,
    start_crawl,
    wait_for,
)
from tests.databases import run_sql
from tests.forked import Command
from tests.listings import Card, block_page, card, init_data, tag
from tests.loopback import LoopbackSite, Reply, loopback_site
from tests.products import (
    FREE,
    QUERY,
    components_page,
    fee,
    gone,
    modules_page,
    reply,
    result,
    shell,
    token_refused,
)

pytestmark = pytest.mark.long  # each crawl starts a browser

LISTING = "/w/wholesale-men-casual-shoes.html"


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def javascript(text: str, **headers: str) -> Reply:
    return Reply(text, content_type="application/javascript", headers=headers)


def listed(site: LoopbackSite, *cards: Card) -> None:
    site.pages |= {LISTING: init_data(list(cards)), f"{LISTING}?page=2": init_data([], 2)}


def known(number: int) -> Card:
    """Return a card whose store and shipping the listing tells."""
    return card(
        str(number),
        store={"storeName": "Listed Store"},
        sellingPoints=[tag("Free shipping", "Free_Shipping_atm")],
    )


def crawl(site: LoopbackSite, database_url: str, *options: str, **variables: str) -> Crawl:
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    listing = f"url={site.url}{LISTING}"
    return scrapy_crawl(
        "category", "-a", listing, "-a", "details=auto", *options, **mine | variables
    )


def rows(database_url: str) -> list[tuple[Any, ...]]:
    return run_sql(
        database_url,
        "SELECT store_name, shipping_price_minor, star_rating, units_sold FROM product"
        " ORDER BY CAST(aliexpress_id AS INTEGER)",
    )


def gone_ids(database_url: str) -> list[str]:
    query = "SELECT aliexpress_id FROM product WHERE gone_at IS NOT NULL ORDER BY id"
    return [number for (number,) in run_sql(database_url, query)]


def requested(site: LoopbackSite) -> list[str]:
    return [path for path in site.paths if path.startswith("/item/")]


def query(site: LoopbackSite, answer: Callable[[str], str]) -> None:
    """Answer the shells' scripts as the site does: first without a token, then with the product."""

    def replied() -> Reply:
        asked = site.asked[-1]
        if "_m_h5_tk" not in asked.headers.get("Cookie", ""):
            cookie = {"Set-Cookie": "_m_h5_tk=token; Path=/"}
            return javascript(token_refused(), **cookie)
        number = asked.path.partition("productId%22%3A%22")[2].partition("%22")[0]
        return javascript(answer(number))

    site.pages[QUERY] = replied


# What product pages fill

PAGES = [
    pytest.param(modules_page(1, "Page Store", FREE), ("Page Store", 0, 4.6, 80), id="modules"),
    pytest.param(
        modules_page(1, "Page Store", fee(5.26)), ("Page Store", 526, 4.6, 80), id="modules, a fee"
    ),
    pytest.param(
        components_page(1, "Page Store", fee(3.5)), ("Page Store", 350, 4.7, 2000), id="components"
    ),
    pytest.param(
        components_page(1, "Page Store", {"unreachable": True}),
        ("Page Store", None, 4.7, 2000),
        id="not shipped here",
    ),
    pytest.param(modules_page(2, "Other Store", FREE), (None, None, None, None), id="another's"),
]


@needs_browser
@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_a_page_that_carries_its_data_is_read_at_once(
    site: LoopbackSite, database_url: str, page: str, expected: tuple[Any, ...]
) -> None:
    listed(site, card("1"))
    site.pages["/item/1.html"] = page
    done = crawl(site, database_url)
    assert rows(database_url) == [expected], done.log
    assert done.exit_code == (3 if expected[0] is None else 0)


@needs_browser
def test_a_shell_is_run_until_its_script_is_answered_and_only_once_in_a_while(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, card("1"), known(2), card("3"), card("4"))
    with loopback_site({}) as other:
        for number in ("1", "3", "4"):
            site.pages[f"/item/{number}.html"] = shell(number, other.url)
        answers = {
            "1": reply(result("1", "Page Store", fee(2.99))),
            "3": reply(gone("3")),
            "4": reply(gone("4", "NOT_SOLD_HERE")),
        }
        query(other, lambda number: answers[number])
        first = crawl(site, database_url)
        assert first.exit_code == 0, first.log
        assert len([path for path in other.paths if path.startswith(QUERY)]) == 6
    assert rows(database_url) == [
        ("Page Store", 299, 4.6, 1000),
        ("Listed Store", 0, None, None),
        (None, None, None, None),
        (None, None, None, None),
    ]
    assert gone_ids(database_url) == ["3"]
    assert requested(site) == ["/item/1.html", "/item/3.html", "/item/4.html"]
    assert not [path for path in site.paths if path.endswith(".jpg")]
    cookies = [a.headers.get("Cookie", "") for a in site.asked if a.path.startswith("/item/")]
    assert all("aep_usuc_f=site=glo&c_tp=USD" in cookie for cookie in cookies)
    site.asked.clear()
    second = crawl(site, database_url)
    assert (second.exit_code, requested(site)) == (0, [])
    assert "playwright" not in second.log.lower()


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@needs_browser
def test_details_no_reads_no_product_page(site: LoopbackSite, database_url: str) -> None:
    listed(site, card("1"))
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    done = scrapy_crawl("category", "-a", f"url={site.url}{LISTING}", "-a", "details=no", **mine)
    assert (done.exit_code, requested(site)) == (0, [])


# What goes wrong, and loses nothing


@needs_browser
def test_three_blocks_in_a_row_end_the_product_pages_but_not_the_listing(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    listed(site, *(card(str(n)) for n in range(1, 11)))
    for number in range(1, 11):
        good = modules_page(number, "Page Store", FREE)
        site.pages[f"/item/{number}.html"] = good if number <= 5 else block_page()
    kept = tmp_path / "failed-pages"
    done = crawl(site, database_url, "-s", f"FAILED_PAGES={kept}")
    assert done.exit_code == 3
    assert "blocked the page" in done.last_line
    assert len(list(kept.iterdir())) == 3
    assert [row[0] for row in rows(database_url)] == ["Page Store"] * 5 + [None] * 5
    assert len(requested(site)) == 8


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@needs_browser
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(Reply("no", 403), "blocked the page", id="403"),
        pytest.param(Reply("no", 500), "500", id="500"),
        pytest.param(Reply("<h1>Hel", length=900), "cannot be read", id="cut off"),
        pytest.param(
            Reply(status=302, location="http://10.0.0.1/"),
            "Could not read the page of product 1",
            id="away",
        ),
        pytest.param(
            "<h1>Hello</h1>",
            "no answer within 15 seconds",
            id="another page",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_product_page_that_fails_is_partial_and_the_product_stays(
    site: LoopbackSite, database_url: str, answer: str | Reply, words: str
) -> None:
    listed(site, card("1"))
    site.pages["/item/1.html"] = answer
    done = crawl(site, database_url)
    assert done.exit_code == 3, done.log
    assert words in done.last_line
    assert rows(database_url) == [(None, None, None, None)]


@needs_browser
def test_a_page_that_is_gone_is_no_failure(site: LoopbackSite, database_url: str) -> None:
    listed(site, card("1"))
    done = crawl(site, database_url)
    assert (done.exit_code, gone_ids(database_url)) == (0, ["1"]), done.log
    site.asked.clear()
    assert crawl(site, database_url).exit_code == 0
    assert requested(site) == []
    assert gone_ids(database_url) == []  # the listing has shown it again


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@needs_browser
def test_a_page_that_never_finishes_is_given_up(site: LoopbackSite, database_url: str) -> None:
    listed(site, card("1"))
    answer = threading.Event()

    def never() -> str:
        answer.wait(timeout=60)
        return ""

    site.pages["/item/1.html"] = never
    try:
        done = crawl(site, database_url)
    finally:
        answer.set()
    assert done.exit_code == 3
    assert "Could not read the page of product 1" in done.last_line
    assert len(rows(database_url)) == 1


def browser_of(crawl: Command) -> int:
    """Return the process of the browser that a crawl has started, below Playwright's own.

    Debian starts it from a shell script, which has the same arguments and waits for it.
    """
    listing = subprocess.run(
        ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
    processes = [(int(pid), int(parent), words) for pid, parent, words in map(_split, listing)]
    drivers = {pid for pid, parent, _ in processes if parent == crawl.pid}
    browsers = [(pid, parent) for pid, parent, words in processes if "--type=" not in words]
    found = [pid for pid, parent in browsers if parent in drivers]
    while children := [pid for pid, parent in browsers if parent == found[0]]:
        found = children
    [browser] = found
    return browser


def _split(row: str) -> list[str]:
    return row.split(None, 2)


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@needs_browser
@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
@pytest.mark.parametrize(
    ("kills", "stores", "words"),
    [
        pytest.param(1, ["Page Store"] * 3, "started again", id="once"),
        pytest.param(2, [None] * 3, "crashed twice", id="twice"),
    ],
)
def test_a_browser_that_is_killed_is_started_once_more(
    site: LoopbackSite, database_url: str, kills: int, stores: list[str | None], words: str
) -> None:
    listed(site, *(card(str(n)) for n in range(1, 4)))
    site.pages |= {f"/item/{n}.html": modules_page(n, "Page Store", FREE) for n in range(2, 4)}
    started = threading.Event()
    killed: list[int] = []

    def deadly() -> str:
        started.wait()
        if len(killed) < kills:
            killed.append(browser_of(process))
            os.kill(killed[-1], signal.SIGKILL)
        return modules_page(1, "Page Store", FREE)

    site.pages["/item/1.html"] = deadly
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    listing = f"url={site.url}{LISTING}"
    process = start_crawl("category", "-a", listing, "-a", "details=auto", **mine)
    started.set()
    done = finish(process)
    assert len(set(killed)) == kills
    assert [row[0] for row in rows(database_url)] == stores, done.log
    assert done.exit_code == 3
    assert words in done.last_line


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@needs_browser
@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_an_interrupted_product_page_keeps_the_listing_and_leaves_no_browser_behind(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, card("1"), card("2"))
    asked, answer = threading.Event(), threading.Event()

    def never() -> str:
        asked.set()
        answer.wait(timeout=60)
        return ""

    site.pages["/item/1.html"] = never
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    listing = f"url={site.url}{LISTING}"
    process = start_crawl("category", "-a", listing, "-a", "details=auto", **mine)
    assert asked.wait(timeout=60)
    browser = browser_of(process)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    answer.set()
    assert done.exit_code == 8
    assert len(rows(database_url)) == 2
    assert not Path(f"/proc/{browser}").exists()


def press_ctrl_c(process: Command) -> None:
    """Send SIGINT as a terminal does: to all processes of the crawl that are in its group."""
    done = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,pgid="], capture_output=True, text=True, check=True
    )
    processes = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    group = os.getpgid(process.pid)
    family = {process.pid}
    for _ in processes:
        family |= {pid for pid, parent, _ in processes if parent in family}
    for pid, _, pgid in processes:
        if pid in family and pgid == group:
            os.kill(pid, signal.SIGINT)


@needs_browser
@pytest.mark.skipif(shutil.which("ps") is None, reason="ps is not installed")
def test_ctrl_c_lets_the_product_page_in_hand_be_stored(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, card("1"), card("2"))
    asked, answer = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        answer.wait(timeout=60)
        return modules_page(1, "Page Store", FREE)

    site.pages |= {"/item/1.html": slow, "/item/2.html": modules_page(2, "Other Store", FREE)}
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    listing = f"url={site.url}{LISTING}"
    process = start_crawl("category", "-a", listing, "-a", "details=auto", **mine)
    assert asked.wait(timeout=60)
    press_ctrl_c(process)
    wait_for(process, "shutting down gracefully")
    answer.set()
    done = finish(process)
    assert done.exit_code == 8
    assert [row[0] for row in rows(database_url)] == ["Page Store", None], done.log
    assert requested(site) == ["/item/1.html"]


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_without_leave_starts_no_browser_for_a_public_site(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, card("1"))
    public = site.url.replace("127.0.0.1", "127.1")  # leads here, and is not known to
    mine = {"SITE_URL": public, "DATABASE_URL": database_url, "ALISCRAPE_NO_SANDBOX": ""}
    done = scrapy_crawl("category", "-a", f"url={public}{LISTING}", "-a", "details=auto", **mine)
    assert done.exit_code == 3
    assert "ordinary user" in done.last_line
    assert len(rows(database_url)) == 1
    assert requested(site) == []


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
def test_without_a_browser_the_listing_is_stored_and_the_line_says_how_to_get_one(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    listed(site, card("1"), card("2"))
    nowhere = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    done = crawl(site, database_url, **nowhere)
    assert done.exit_code == 3
    assert "make browser" in done.last_line
    assert len(rows(database_url)) == 2
    assert requested(site) == []


@pytest.mark.sqlite  # how the browser is started and fails, whatever the database is
def test_a_browser_that_is_named_and_cannot_be_run_is_told(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, card("1"))
    done = crawl(site, database_url, ALISCRAPE_BROWSER="/no/such/browser")
    assert done.exit_code == 3
    assert "ALISCRAPE_BROWSER" in done.last_line


# What a crawl without product pages does not pay


@pytest.mark.sqlite  # what is imported, whatever the database is
def test_a_crawl_without_product_pages_imports_no_browser(
    site: LoopbackSite, database_url: str
) -> None:
    listed(site, known(1))
    mine = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "scrapy", "crawl", "category", "-s",
         "DOWNLOAD_DELAY=0", "-a", f"url={site.url}{LISTING}"],
        cwd=ROOT, env=environment(**mine), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "aliscrape.browser.finder" in imported
    assert not {name for name in imported if name.startswith(("playwright", "scrapy_playwright"))}
