"""What is lost when workers are killed and the database restarts during many crawls: nothing."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.aliscrape.jobs.workers import Workers, wait_until, workers
from tests.mockshop.departments import DEPARTMENTS, PAGES, PER_PAGE
from tests.mockshop.server import MockShop, open_shop
from tests.postgres import Postgres, programs, rows, running

pytestmark = pytest.mark.long

Job = tuple[str, str]
"""The path of its listing, and its currency."""
CURRENCIES = {"US": "USD", "DE": "EUR", "JP": "JPY"}
ALL_PAGES = len(DEPARTMENTS) * len(CURRENCIES) * PAGES
PRODUCTS = len(DEPARTMENTS) * PAGES * PER_PAGE


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Return a server that no other test uses, because it is restarted."""
    found = programs()
    if found is None:
        assert os.environ.get("CI") != "true", "Postgres is not installed"
        pytest.skip("Postgres is not installed: apt install postgresql")
    with running(found) as started:
        yield started


@pytest.fixture
def shop() -> Iterator[MockShop]:
    with open_shop() as opened:
        yield opened


@pytest.fixture
def crew(server: Postgres, shop: MockShop, tmp_path: Path) -> Iterator[Workers]:
    with workers(server.new_database(), shop.url, tmp_path) as started:
        started.file.write_text(jobs_file(shop.url))
        yield started


def jobs_file(site_url: str) -> str:
    countries = [
        f'[[countries]]\nregion = "{region}"\ncurrency = "{currency}"\n'
        for region, currency in CURRENCIES.items()
    ]
    categories = [
        f'[[categories]]\nurl = "{site_url}{path}"\nlimit = {PAGES * PER_PAGE}\ndetails = "no"\n'
        for path in DEPARTMENTS
    ]
    return "\n".join(["jobs_per_site = 3\n", *countries, *categories])


def fetched(shop: MockShop) -> Counter[tuple[str, int, str]]:
    """Return how often each page was fetched, by department, number and currency."""
    visits = [(path, who.currency) for path, who in list(shop.visits) if "department" in path]
    return Counter(
        (path.partition("?")[0], int(path.partition("?page=")[2] or 1), currency)
        for path, currency in visits
    )


def begins_a_page(crew: Workers, shop: MockShop, share: float) -> None:
    def is_there() -> bool:
        crew.tend()
        return len(fetched(shop)) >= ALL_PAGES * share

    wait_until(is_there)


def busy(crew: Workers) -> subprocess.Popen[bytes]:
    """Return a worker that runs a crawl."""
    found: list[subprocess.Popen[bytes]] = []

    def is_any() -> bool:
        crew.tend()
        found[:] = [
            w for w in crew.alive if Path(f"/proc/{w.pid}/task/{w.pid}/children").read_text()
        ]
        return bool(found)

    wait_until(is_any)
    return found[0]


def test_killed_workers_and_a_restarted_database_lose_and_double_nothing(
    crew: Workers, shop: MockShop, server: Postgres
) -> None:
    crew.enqueue()
    for _ in range(3):
        crew.start()
    begins_a_page(crew, shop, 0.2)
    assert crew.stop(busy(crew)) == 0
    crew.start()
    begins_a_page(crew, shop, 0.35)
    busy(crew).kill()
    begins_a_page(crew, shop, 0.45)
    os.killpg(busy(crew).pid, signal.SIGKILL)
    begins_a_page(crew, shop, 0.55)
    server.stop()
    server.start()
    crew.finish()

    jobs = crew.jobs()
    assert {job["state"] for job in jobs} == {"done"}
    starts = {(urlpath(job), job["settings"]["ALIEXPRESS_CURRENCY"]): job["starts"] for job in jobs}
    check_pages(fetched(shop), starts)
    check_database(crew.database_url, shop.url, starts)


def check_pages(pages: Counter[tuple[str, int, str]], jobs: Mapping[Job, int]) -> None:
    """Check that each page was fetched, and more than once only for a job that was interrupted."""
    assert len(jobs) == 24
    expected = {(path, n, currency) for path, currency in jobs for n in range(1, PAGES + 1)}
    assert set(pages) == expected
    for (path, number, currency), times in pages.items():
        assert times <= jobs[path, currency], (path, number, currency)
    interrupted = [job for job, starts in jobs.items() if starts > 1]
    assert 1 <= len(interrupted) <= 6  # a stop, two kills, and at most all three at the restart


def urlpath(job: dict[str, Any]) -> str:
    return "/w/" + str(job["arguments"]["url"]).rpartition("/w/")[2]


def check_database(url: str, site_url: str, jobs: Mapping[Job, int]) -> None:
    """Check that each product is there once with each of its prices, and each crawl has ended.

    If a worker is killed when its crawl has just ended, the crawl is done, and is done again.
    """
    assert rows(url, "SELECT count(*), count(DISTINCT aliexpress_id) FROM product") == [
        (PRODUCTS, PRODUCTS)
    ]
    priced = rows(
        url,
        "SELECT count(*) FROM (SELECT DISTINCT product_id, currency FROM observation) AS seen",
    )
    assert priced == [(PRODUCTS * len(CURRENCIES),)]
    done = rows(
        url,
        "SELECT target, count(*), min(found - repeated), max(found - repeated), min(pages), "
        "max(pages) FROM crawl WHERE outcome = 'done' GROUP BY target",
    )
    assert len(done) == len(DEPARTMENTS)
    for target, crawls, *counts in done:
        starts = [number for (path, _), number in jobs.items() if f"{site_url}{path}" == target]
        assert len(CURRENCIES) == len(starts) <= crawls <= sum(starts)
        assert counts == [PER_PAGE * PAGES, PER_PAGE * PAGES, PAGES, PAGES]
    assert rows(url, "SELECT count(*) FROM crawl WHERE outcome IS NULL") == [(0,)]
