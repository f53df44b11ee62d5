"""What is lost when workers are killed and the database restarts during many crawls: nothing."""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.aliscrape.jobs.held import Gate, Job, crawl_of
from tests.aliscrape.jobs.workers import Workers, wait_until, workers
from tests.mockshop.departments import DEPARTMENTS, PAGES, PER_PAGE
from tests.mockshop.server import MockShop, open_shop
from tests.postgres import Postgres, programs, rows, running

pytestmark = pytest.mark.long

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


def share_fetched(shop: MockShop) -> float:
    return len(fetched(shop)) / ALL_PAGES


def wait_for_pages(crew: Workers, shop: MockShop, share: float) -> None:
    def is_there() -> bool:
        crew.tend()
        return share_fetched(shop) >= share

    wait_until(is_there)


def test_killed_workers_and_a_restarted_database_lose_and_double_nothing(
    crew: Workers, shop: MockShop, server: Postgres
) -> None:
    gate = Gate()
    shop.changed = gate.answer
    crew.enqueue()
    for _ in range(3):
        crew.start()

    wait_for_pages(crew, shop, 0.2)
    with gate.holding_a_page() as listing:
        stopped = crawl_of(crew, listing)
        crew.tell_to_stop(stopped.worker)
        wait_until(lambda: "Received SIGTERM" in crew.log())
    assert stopped.worker.wait(90) == 0
    crew.start()

    wait_for_pages(crew, shop, 0.3)
    with gate.holding_a_page() as listing:
        alone = crawl_of(crew, listing)
        alone.worker.kill()
        wait_until(lambda: not alone.is_running)
        assert 0.3 <= share_fetched(shop) <= 0.5

    wait_for_pages(crew, shop, 0.4)
    with gate.holding_a_page() as listing:
        together = crawl_of(crew, listing)
        os.killpg(together.pid, signal.SIGKILL)
        os.killpg(together.worker.pid, signal.SIGKILL)
        wait_until(lambda: not together.is_running)
        assert 0.3 <= share_fetched(shop) <= 0.5

    wait_for_pages(crew, shop, 0.55)
    with gate.holding_a_page():
        server.stop()
    wait_until(lambda: "Trying again for up to a minute." in crew.log())
    server.start()
    crew.finish()

    jobs = crew.jobs()
    assert {job["state"] for job in jobs} == {"done"}
    starts = {(urlpath(job), job["settings"]["ALIEXPRESS_CURRENCY"]): job["starts"] for job in jobs}
    check_interrupted(starts, {stopped.job, alone.job, together.job})
    check_pages(fetched(shop), starts)
    check_database(crew.database_url, shop.url, starts)


def check_interrupted(jobs: Mapping[Job, int], on_purpose: set[Job]) -> None:
    """Check that three jobs were interrupted, and others only by the restart of the database."""
    interrupted = {job for job, starts in jobs.items() if starts > 1}
    assert len(on_purpose) == 3
    assert on_purpose <= interrupted
    assert len(interrupted) <= 6  # at most all three that run at the restart


def check_pages(pages: Counter[tuple[str, int, str]], jobs: Mapping[Job, int]) -> None:
    """Check that each page was fetched, and more than once only for a job that was interrupted."""
    assert len(jobs) == 24
    expected = {(path, n, currency) for path, currency in jobs for n in range(1, PAGES + 1)}
    assert set(pages) == expected
    for (path, number, currency), times in pages.items():
        assert times <= jobs[path, currency], (path, number, currency)


def urlpath(job: dict[str, Any]) -> str:
    return "/w/" + str(job["arguments"]["url"]).rpartition("/w/")[2]


def check_database(url: str, site_url: str, jobs: Mapping[Job, int]) -> None:
    """Check that each product is there once with each of its prices, and each crawl has ended.

    If the database is away when a crawl has just ended, the crawl is done, and is done again.
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
