"""Crawls that are stopped, killed, started thrice, or run beside people who edit and read."""

import itertools
import os
import random
import signal
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import pytest

from tests.crawls import Crawl, finish, scrapy_crawl, start_crawl, wait_for
from tests.databases import assert_intact, run_sql
from tests.forked import Command
from tests.listings import card, init_data
from tests.loopback import LoopbackSite, loopback_site
from tests.webapi.server import serving
from tests.webapi.writers import ask, count_up

pytestmark = pytest.mark.long  # crawls that are stopped and killed

LISTING = "/w/wholesale-men-casual-shoes.html"
IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
KILLS = 50 if IS_LONG else 2
WRITES = 2000
PER_PAGE = 20


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def start(site: LoopbackSite, database_url: str, *options: str) -> Command:
    variables = {"SITE_URL": site.url, "DATABASE_URL": database_url}
    return start_crawl("category", "-a", f"url={site.url}{LISTING}", *options, **variables)


def stored(database_url: str) -> list[str]:
    return [
        row[0] for row in run_sql(database_url, "SELECT aliexpress_id FROM product ORDER BY id")
    ]


# Stopped


class SlowSecondPage:
    """A listing whose second page is answered when the test says so."""

    def __init__(self, site: LoopbackSite) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        first, second = init_data([card("1")]), init_data([card("2"), card("3")], 2)

        def page() -> str:
            self.asked.set()
            self.answer.wait(60)
            return second

        site.pages |= {LISTING: first, f"{LISTING}?page=2": page}


@pytest.fixture
def slow(site: LoopbackSite) -> Iterator[SlowSecondPage]:
    page = SlowSecondPage(site)
    yield page
    page.answer.set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_asked_to_stop_stores_the_page_in_hand(
    site: LoopbackSite, slow: SlowSecondPage, database_url: str, number: signal.Signals
) -> None:
    process = start(site, database_url)
    assert slow.asked.wait(60)
    process.send_signal(number)
    wait_for(process, "shutting down gracefully")
    slow.answer.set()
    done = finish(process)
    assert done.exit_code == 8
    assert "Crawl interrupted (exit code 8): 3 new" in done.last_line
    assert stored(database_url) == ["1", "2", "3"]
    assert run_sql(database_url, "SELECT outcome, new FROM crawl") == [("interrupted", 3)]
    assert site.paths.count(f"{LISTING}?page=3") == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_stops_a_crawl_at_once(
    site: LoopbackSite, slow: SlowSecondPage, database_url: str, number: signal.Signals
) -> None:
    process = start(site, database_url)
    assert slow.asked.wait(60)
    for words in ("shutting down gracefully", "forcing unclean shutdown"):
        process.send_signal(number)
        wait_for(process, words)
    done = finish(process)  # although the second page has not been answered
    assert done.exit_code == 8
    assert "Crawl interrupted (exit code 8): 1 new" in done.last_line
    assert stored(database_url) == ["1"]
    assert run_sql(database_url, "SELECT outcome, new FROM crawl") == [("interrupted", 1)]


# Killed


class Listing:
    """A listing of five pages whose prices are others in each run; it tells what was acknowledged.

    The next page is requested when a page is stored. So each request says that the pages before
    it are stored.
    """

    PAGES = 5

    def __init__(self, site: LoopbackSite) -> None:
        self.runs = 0
        self.requested = 0
        self.kill_at: int | None = None
        self.kill = threading.Event()
        for number in range(1, self.PAGES + 1):
            path = LISTING if number == 1 else f"{LISTING}?page={number}"
            site.pages[path] = partial(self.page, number)

    def page(self, number: int) -> str:
        self.requested = number
        if number == self.kill_at:
            self.kill.set()
        first = (number - 1) * PER_PAGE + 1
        price = {"salePrice": {"minPrice": self.runs + 10, "currencyCode": "USD"}}
        cards = [card(str(n), prices=price) for n in range(first, first + PER_PAGE)]
        return init_data(cards, number)


def test_a_killed_crawl_loses_no_page_that_was_stored(
    site: LoopbackSite, database_url: str
) -> None:
    chance = random.Random(20)
    listing = Listing(site)
    options = ("-a", f"limit={listing.PAGES * PER_PAGE}")
    acknowledged: dict[int, int] = {}
    for kill in range(KILLS):
        listing.runs, listing.requested = kill, 0
        listing.kill_at = chance.randrange(1, listing.PAGES + 1)
        listing.kill.clear()
        process = start(site, database_url, *options)
        assert listing.kill.wait(60)
        threading.Event().wait(chance.random() * 0.06)  # somewhere between parsing and storing
        process.send_signal(signal.SIGKILL)
        finish(process)
        acknowledged[kill] = listing.requested - 1
        if kill % 10 == 0:
            check(database_url, acknowledged)
    check(database_url, acknowledged)
    listing.runs, listing.kill_at = KILLS, None
    done = finish(start(site, database_url, *options))
    assert done.exit_code == 0, done.log
    assert len(stored(database_url)) == listing.PAGES * PER_PAGE
    outcomes = run_sql(database_url, "SELECT outcome, count(*) FROM crawl GROUP BY outcome")
    assert dict(outcomes)["done"] >= 1
    assert sum(number for _, number in outcomes) == KILLS + 1
    assert {outcome for outcome, _ in outcomes} <= {"done", "crashed"}
    assert_intact(database_url)


def check(database_url: str, acknowledged: dict[int, int]) -> None:
    """Check that of each run so far whole pages are stored, and all that were acknowledged."""
    observed = dict(
        run_sql(database_url, "SELECT price_minor, count(*) FROM observation GROUP BY price_minor")
    )
    for run, pages in acknowledged.items():
        number = observed.get((run + 10) * 100, 0)
        assert number % PER_PAGE == 0, f"run {run} has stored half a page"
        assert number >= pages * PER_PAGE, f"run {run} has lost a page"
    assert len(stored(database_url)) % PER_PAGE == 0


# Among others


def test_of_three_crawls_that_start_at_once_one_runs(
    site: LoopbackSite, slow: SlowSecondPage, database_url: str
) -> None:
    with ThreadPoolExecutor(3) as threads:
        crawls = [
            threads.submit(finish, start(site, database_url, "-a", "limit=3")) for _ in range(3)
        ]
        ended: list[Future[Crawl]] = []
        for crawl in as_completed(crawls):
            ended.append(crawl)
            if len(ended) == 2:
                slow.answer.set()  # what the one that runs has waited for
    codes = [crawl.result().exit_code for crawl in ended]
    assert codes == [75, 75, 0], [crawl.result().last_line for crawl in ended]
    assert all("already running" in crawl.result().last_line for crawl in ended[:2])
    assert run_sql(database_url, "SELECT outcome FROM crawl") == [("done",)]
    assert site.paths.count(LISTING) == 1


def test_another_listing_and_another_database_do_not_wait(
    site: LoopbackSite, slow: SlowSecondPage, database_url: str, other_database_url: str
) -> None:
    site.pages["/w/wholesale-boots.html"] = init_data([card("9")])
    first = start(site, database_url, "-a", "limit=3")
    assert slow.asked.wait(60)
    other = scrapy_crawl("category", "-a", f"url={site.url}/w/wholesale-boots.html",
                         "-a", "limit=1", SITE_URL=site.url,
                         DATABASE_URL=database_url)  # fmt: skip
    assert other.exit_code == 0, other.log
    elsewhere = finish(start(site, other_database_url, "-a", "limit=1"))
    assert elsewhere.exit_code == 0, elsewhere.log
    slow.answer.set()
    assert finish(first).exit_code == 0


PAGES = 30


def test_a_crawl_writers_and_readers_go_side_by_side(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    """The crawl begins before the writers and ends after them; nobody meets an error."""
    begun, written = threading.Event(), threading.Event()

    def page(number: int) -> str:
        begun.set()
        if number == PAGES:
            assert written.wait(120)
        first = (number - 1) * PER_PAGE + 1
        return init_data([card(str(n)) for n in range(first, first + PER_PAGE)], number)

    for number in range(1, PAGES + 1):
        path = LISTING if number == 1 else f"{LISTING}?page={number}"
        site.pages[path] = partial(page, number)

    def read(url: str) -> int:
        """Read lists until the writers are done, and return how many."""
        for reads in itertools.count():
            if written.is_set():
                return reads
            listed = ask(f"{url}?limit=100&sort=-units_sold")
            assert len({product["id"] for product in listed["items"]}) == len(listed["items"]) > 7
            with urllib.request.urlopen(f"{url}?format=csv", timeout=60) as response:
                assert response.read().count(b"\r\n") > 8
        raise AssertionError

    with serving(database_url, tmp_path) as service, ThreadPoolExecutor(8) as threads:
        url = f"{service}/api/v1/products"
        counters = [ask(url, "POST", {"title": f"Counter {n}", "units_sold": 0}) for n in range(8)]
        crawl = start(
            site, database_url, "-a", f"limit={PAGES * PER_PAGE}", "-a", f"max_pages={PAGES}"
        )
        assert begun.wait(60)
        readers = [threads.submit(read, url) for _ in range(2)]
        writers = [
            threads.submit(count_up, f"{url}/{counters[n % 8]['id']}", WRITES // 16)
            for n in range(16)
        ]
        try:
            for writer in writers:
                writer.result(300)
        finally:
            written.set()
        done = finish(crawl)
        assert done.exit_code == 0, done.log
        assert all(reader.result(60) > 0 for reader in readers)
        values = [ask(f"{url}/{counter['id']}")["units_sold"] for counter in counters]
        assert values == [WRITES // 8] * 8
        assert ask(url)["total"] == PAGES * PER_PAGE + 8
    assert run_sql(database_url, "SELECT count(*) FROM observation") == [(PAGES * PER_PAGE,)]
    assert_intact(database_url)
    assert "Traceback" not in (tmp_path / "server.log").read_text()
