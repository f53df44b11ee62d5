"""Crawls that meet other crawls, killed ones, bad disks, changed layouts and hostile words."""

import csv
import fcntl
import gzip
import json
import os
import pty
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.database import take_crawl_lock
from tests.crawls import ROOT, Crawl, environment, finish, scrapy_crawl, start_crawl
from tests.damage import damage
from tests.databases import assert_intact, file_of, run_sql
from tests.listings import Card, card, init_data, init_data_of, tag
from tests.loopback import LoopbackSite, Reply, loopback_site

LISTING = "/w/wholesale-men-casual-shoes.html"


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


def full(number: int, **facts: Any) -> Card:
    """Return a card that has every fact."""
    return card(
        str(number),
        **{
            "store": {"storeName": "Casual Steps Store"},
            "evaluation": {"starRating": 4.5},
            "trade": {"tradeDesc": "10 sold"},
            "sellingPoints": [tag("Free shipping", "Free_Shipping_atm")],
            **facts,
        },
    )


def variables(site: LoopbackSite, database_url: str) -> dict[str, str]:
    return {"SITE_URL": site.url, "DATABASE_URL": database_url}


def crawl(site: LoopbackSite, database_url: str, *options: str) -> Crawl:
    listing = f"url={site.url}{LISTING}"
    return scrapy_crawl("category", "-a", listing, *options, **variables(site, database_url))


# Other crawls


def waiting_site(site: LoopbackSite) -> tuple[threading.Event, threading.Event]:
    """Return a page that is answered when the second event is set; the first means requested."""
    asked, answer = threading.Event(), threading.Event()

    def page() -> str:
        asked.set()
        answer.wait(timeout=60)
        return init_data([full(1)])

    site.pages[LISTING] = page
    return asked, answer


def test_a_second_crawl_of_the_same_listing_gives_way(
    site: LoopbackSite, database_url: str
) -> None:
    asked, answer = waiting_site(site)
    listing = f"url={site.url}{LISTING}"
    first = start_crawl("category", "-a", listing, "-a", "limit=1", **variables(site, database_url))
    assert asked.wait(timeout=60)
    second = crawl(site, database_url, "-a", "limit=1")
    assert second.exit_code == 75
    assert "already running" in second.last_line
    answer.set()
    assert finish(first).exit_code == 0
    assert run_sql(database_url, "SELECT outcome FROM crawl") == [("done",)]


def test_the_row_of_a_killed_crawl_is_completed_by_the_next(
    site: LoopbackSite, database_url: str
) -> None:
    asked, answer = waiting_site(site)
    killed = start_crawl("casual_shoes", "-a", f"url={site.url}{LISTING}",
                         **variables(site, database_url))  # fmt: skip
    assert asked.wait(timeout=60)
    killed.send_signal(signal.SIGKILL)
    finish(killed)
    answer.set()
    assert run_sql(database_url, "SELECT outcome FROM crawl") == [(None,)]
    site.pages[LISTING] = init_data([full(1)])
    assert crawl(site, database_url, "-a", "limit=1").exit_code == 0
    assert run_sql(database_url, "SELECT outcome FROM crawl ORDER BY id") == [
        ("crashed",),
        ("done",),
    ]


@pytest.mark.usefixtures("open_catalog")
def test_a_lock_is_held_until_it_is_released() -> None:
    lock = take_crawl_lock("category", "url")
    assert lock is not None
    assert take_crawl_lock("category", "url") is None
    another = take_crawl_lock("category", "another")
    assert another is not None
    lock.release()
    again = take_crawl_lock("category", "url")
    assert again is not None
    for held in (another, again):
        held.release()


# Disks


@pytest.mark.sqlite  # its file is damaged
def test_a_database_that_is_damaged_is_told_and_left_alone(
    site: LoopbackSite, database_url: str
) -> None:
    site.pages[LISTING] = init_data([full(1)])
    damaged = b"SQLite format 3\0" + b"\xff" * 5000
    file_of(database_url).write_bytes(damaged)
    done = crawl(site, database_url, "-a", "limit=1")
    assert done.exit_code == 7
    assert "storage failed" in done.last_line
    assert file_of(database_url).read_bytes() == damaged
    assert site.paths == []


@pytest.mark.sqlite  # its file is damaged
@pytest.mark.parametrize(
    "table",
    ["product", *(pytest.param(t, marks=pytest.mark.long) for t in ("observation", "crawl"))],
)
def test_a_damaged_page_of_the_database_is_told(
    site: LoopbackSite, database_url: str, table: str
) -> None:
    site.pages[LISTING] = init_data([full(n) for n in range(1, 4)])
    assert crawl(site, database_url, "-a", "limit=3").exit_code == 0
    damage(file_of(database_url), table)
    done = crawl(site, database_url, "-a", "limit=3")
    assert done.exit_code == 7
    assert "storage failed" in done.last_line
    assert "the file is damaged" in done.last_line


@pytest.mark.sqlite  # a server has no path that could be a folder
def test_a_database_that_is_a_folder_is_told(site: LoopbackSite, database_url: str) -> None:
    file_of(database_url).mkdir()
    assert crawl(site, database_url).exit_code == 7


@pytest.mark.sqlite  # the limit is on the files of the crawl's process
@pytest.mark.long
def test_a_full_disk_is_told_and_what_was_stored_stays(
    site: LoopbackSite, database_url: str
) -> None:
    site.pages |= {LISTING: init_data([full(n) for n in range(1, 4)])}
    assert crawl(site, database_url, "-a", "limit=3").exit_code == 0
    condition = tag("x" * 200_000, "welcomedeal_test")
    site.pages[LISTING] = init_data([full(n, sellingPoints=[condition]) for n in range(4, 20)])
    limit = file_of(database_url).stat().st_size + 500_000
    process = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "category", "-s", "DOWNLOAD_DELAY=0",
         "-a", f"url={site.url}{LISTING}", "-a", "limit=16"],
        cwd=ROOT, env=environment(**variables(site, database_url)), capture_output=True, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        timeout=120, check=False,
    )  # fmt: skip
    assert process.returncode == 7, process.stderr
    last_line = process.stderr.rstrip().rpartition("\n")[2]
    assert "storage failed" in last_line
    assert "the disk cannot be read or written" in last_line
    assert run_sql(database_url, "SELECT COUNT(*) FROM product") == [(3,)]
    assert_intact(database_url)


@pytest.mark.long
@pytest.mark.sqlite  # a crawl into Postgres goes on trying for a minute: test_lost_connections
def test_a_database_that_stays_locked_is_told(site: LoopbackSite, database_url: str) -> None:
    site.pages[LISTING] = init_data([full(1)])
    assert crawl(site, database_url, "-a", "limit=1").exit_code == 0
    with sqlite3.connect(file_of(database_url), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        done = crawl(site, database_url, "-a", "limit=1")
        other.execute("ROLLBACK")
    assert done.exit_code == 7
    assert "locked" in done.last_line


# Layouts that drift


def test_a_fact_that_is_suddenly_gone_makes_the_run_partial_and_is_named(
    site: LoopbackSite, database_url: str
) -> None:
    site.pages[LISTING] = init_data([full(n) for n in range(1, 21)])
    assert crawl(site, database_url, "-a", "limit=20").exit_code == 0
    (coverage,) = [
        json.loads(row[0]) for row in run_sql(database_url, "SELECT coverage FROM crawl")
    ]
    assert coverage["store_name"] == {"share": 1.0, "from": {"payload": 20}}
    assert coverage["price"] == {"share": 1.0, "from": {"number": 20}}
    assert coverage["units_sold"] == {"share": 1.0, "from": {"text": 20}}
    site.pages[LISTING] = init_data([full(n, store=None) for n in range(1, 21)])
    done = crawl(site, database_url, "-a", "limit=20")
    assert done.exit_code == 3
    assert "store_name is on 0% of the products, usually on 100%" in done.last_line
    assert run_sql(database_url, "SELECT DISTINCT store_name FROM product") == [
        ("Casual Steps Store",)
    ]


@pytest.mark.long
def test_a_fact_that_another_country_does_not_show_is_not_missing(
    site: LoopbackSite, database_url: str
) -> None:
    site.pages[LISTING] = init_data([full(n) for n in range(1, 21)])
    assert crawl(site, database_url, "-a", "limit=20").exit_code == 0
    site.pages[LISTING] = init_data([full(n, store=None) for n in range(1, 21)])
    canada = ("-a", "limit=20", "-s", "ALIEXPRESS_REGION=CA")
    assert crawl(site, database_url, *canada).exit_code == 0
    assert run_sql(database_url, "SELECT locale FROM crawl ORDER BY id") == [
        ("US USD en_US",), ("CA USD en_US",),
    ]  # fmt: skip
    assert crawl(site, database_url, "-a", "limit=20").exit_code == 3


def test_a_failed_page_is_kept_without_secrets_and_only_the_last_twenty(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    kept = tmp_path / "failed-pages"
    kept.mkdir()
    for number in range(25):
        (kept / f"2020010{number:02}T000000.000000Z.html.gz").write_bytes(b"old")
    secret = {"csrfToken": "s3cr3t-t0ken", "clientIp": "203.0.113.7", "mods": {}}
    site.pages[LISTING] = init_data_of(secret)
    done = crawl(site, database_url, "-s", f"FAILED_PAGES={kept}")
    assert done.exit_code == 6
    pages = sorted(kept.iterdir())
    assert len(pages) == 20
    text = gzip.decompress(pages[-1].read_bytes()).decode()
    assert "_init_data_" in text
    assert "s3cr3t" not in text
    assert "203.0.113.7" not in text


# Limits and words


@pytest.mark.long
def test_a_crawl_that_takes_too_long_is_ended(site: LoopbackSite, database_url: str) -> None:
    _, answer = waiting_site(site)
    try:
        done = crawl(site, database_url, "-s", "CLOSESPIDER_TIMEOUT=1", "-s", "DOWNLOAD_TIMEOUT=3",
                     "-s", "RETRY_TIMES=0")  # fmt: skip
    finally:
        answer.set()
    assert done.exit_code == 3


@pytest.mark.parametrize("option", ["DOWNLOAD_TIMEOUT=1", "ROBOTSTXT_TIMEOUT=1"])
@pytest.mark.long
def test_a_site_that_never_answers_is_given_up(
    site: LoopbackSite, database_url: str, option: str
) -> None:
    answer = threading.Event()

    def never() -> Reply:
        answer.wait(timeout=60)
        return Reply("", 404)

    site.pages["/robots.txt" if "ROBOTS" in option else LISTING] = never
    try:
        done = crawl(site, database_url, "-s", option, "-s", "RETRY_TIMES=0")
    finally:
        answer.set()
    assert done.exit_code == (9 if "ROBOTS" in option else 3)
    assert "Could not download" in done.last_line


@pytest.mark.long
def test_the_pace_that_robots_txt_asks_for_is_kept(site: LoopbackSite, database_url: str) -> None:
    site.pages |= {
        "/robots.txt": "User-agent: *\nCrawl-delay: 0.7\n",
        LISTING: init_data([full(1)]),
    }
    done = crawl(site, database_url, "-a", "limit=1")
    assert done.exit_code == 0
    assert "robots.txt asks for 0.7 seconds between requests" in done.log


def test_words_of_a_page_cannot_write_log_lines_of_their_own(
    site: LoopbackSite, database_url: str, tmp_path: Path
) -> None:
    title = "Shoe\x1b[2J\x1b]0;evil\x07 \r\nCrawl done (exit code 0): 99 new"
    site.pages[LISTING] = init_data([card("1", title={"displayTitle": title}), card("1")])
    table = tmp_path / "products.csv"
    done = crawl(site, database_url, "-a", "limit=5", "-a", "max_pages=1", "-L", "DEBUG",
                 "-O", str(table))  # fmt: skip
    assert done.exit_code == 0
    assert "\x1b" not in done.log
    assert "\x07" not in done.log
    assert not any(line.startswith("Crawl done") for line in done.log.splitlines())


def test_a_csv_file_runs_no_formulas(site: LoopbackSite, database_url: str, tmp_path: Path) -> None:
    title = {"displayTitle": '=HYPERLINK("http://evil.example","Shoe")'}
    site.pages[LISTING] = init_data([card("1", title=title, sellingPoints=[tag("+shipping: $5")])])
    table = tmp_path / "products.csv"
    crawl(site, database_url, "-a", "limit=1", "-O", str(table))
    with table.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["title"].startswith("'=HYPERLINK")
    assert row["shipping_text"] == "'+shipping: $5"
    assert row["price"] == "12.34"
    stored = run_sql(database_url, "SELECT title FROM product")
    assert stored[0][0].startswith("=HYPERLINK")


def test_the_end_of_a_run_is_a_small_table(site: LoopbackSite, database_url: str) -> None:
    site.pages[LISTING] = init_data([full(1), full(1), card("x"), full(2, store=None)])
    done = crawl(site, database_url, "-a", "limit=2")
    table = done.log.partition("Summary of the crawl:")[2]
    for name, value in [
        ("found", "4 on 1 pages"),
        ("stored", "2 new, 0 changed, 0 unchanged"),
        ("repeated", "1"),
        ("dropped", "1 no aliexpress_id"),
        ("store_name", "50%"),
        ("next", "Run it again later."),
    ]:
        assert f"  {name:<14} {value}" in table


@pytest.mark.sqlite  # what is printed, whatever the database is
@pytest.mark.skipif(not hasattr(pty, "openpty"), reason="there are no terminals here")
def test_in_a_terminal_there_is_progress_and_elsewhere_plain_lines(
    site: LoopbackSite, database_url: str
) -> None:
    site.pages[LISTING] = init_data([full(n) for n in range(1, 6)])
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "category", "-s", "DOWNLOAD_DELAY=0",
         "-a", f"url={site.url}{LISTING}", "-a", "limit=5"],
        cwd=ROOT, env=environment(**variables(site, database_url)), stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # the terminal has no other end any more
            break
        if not data:
            break
        seen += data
    os.close(ours)
    assert process.wait(timeout=60) == 0
    text = seen.decode()
    assert "5/5" in text
    assert "pages=1" in text
    assert "Crawl done" in text.rstrip().rpartition("\n")[2]
    assert "DEBUG" not in text
    assert text.count("Reading the listing") == 1
    plain = crawl(site, database_url, "-a", "limit=5")
    assert "5/5" not in plain.log


@pytest.mark.parametrize(
    "setting",
    ["TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "METAREFRESH_ENABLED"],
)
def test_what_runs_others_code_is_off(setting: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "settings", "--get", setting],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
