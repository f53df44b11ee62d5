"""Jobs from the file through the queue to their crawls, with real workers."""

import re
import signal
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

from tests.aliscrape.jobs.workers import Workers, spans, wait_until, workers
from tests.mockshop.departments import DEPARTMENTS
from tests.mockshop.server import MockShop, open_shop
from tests.postgres import Postgres, rows

CATEGORY = '[[categories]]\nurl = "{url}"\ndetails = "no"\nmax_pages = 1\nlimit = 12\n'


@pytest.fixture
def shop() -> Iterator[MockShop]:
    with open_shop() as opened:
        yield opened


@pytest.fixture
def crew(postgres: Postgres, shop: MockShop, tmp_path: Path) -> Iterator[Workers]:
    url = postgres.new_database()
    with workers(url, shop.url, tmp_path) as started:
        yield started
    postgres.drop(url)


def write_jobs(crew: Workers, *, departments: int, before: str = "", each: str = "") -> None:
    urls = [f"{crew.site_url}{path}" for path in list(DEPARTMENTS)[:departments]]
    crew.file.write_text(before + "".join(CATEGORY.format(url=url) + each for url in urls))


def test_jobs_are_enqueued_listed_and_done_one_at_a_time(crew: Workers) -> None:
    write_jobs(crew, departments=2)
    enqueued = crew.scrapy("enqueue", str(crew.file))
    assert enqueued.stdout == (
        "2 of 2 jobs enqueued, 0 wait already, 0 have a schedule and start with scrapy work.\n"
    )
    assert crew.scrapy("jobs").stdout.splitlines()[-1] == (
        "2 waiting, 0 running, 0 failed, 0 given up, 0 done."
    )
    running = [crew.start("--until-empty") for _ in range(2)]
    assert [worker.wait(120) for worker in running] == [0, 0]
    assert crew.states() == [("succeeded", 1)] * 2
    ((_, end), (begin, _)) = spans(crew.database_url)
    assert end <= begin


@pytest.mark.long
def test_jobs_of_one_site_overlap_where_the_file_allows_it(crew: Workers) -> None:
    write_jobs(crew, departments=6, before="jobs_per_site = 2\n")
    crew.enqueue()
    running = [crew.start("--until-empty") for _ in range(3)]
    assert [worker.wait(120) for worker in running] == [0, 0, 0]
    begun = spans(crew.database_url)
    at_a_time = [sum(b <= begin < e for b, e in begun) for begin, _ in begun]
    assert max(at_a_time) == 2


@pytest.mark.long
def test_a_job_that_cannot_store_is_retried_and_ends_as_failed(crew: Workers) -> None:
    write_jobs(crew, departments=1)
    crew.enqueue()
    rows(crew.database_url, "ALTER TABLE product RENAME COLUMN title TO no_title")
    assert crew.start("--until-empty").wait(120) == 0
    (job,) = crew.jobs()
    assert (job["state"], job["starts"]) == ("failed", 4)
    reason = "Crawl storage failed (exit code 7): 0 new, 0 known"
    assert job["reason"].startswith(reason)
    assert reason in crew.scrapy("jobs").stdout
    assert "storage failed (exit code 7). It has failed." in crew.log()
    assert crew.log().count("It is tried again in") == 3

    rows(crew.database_url, "ALTER TABLE product RENAME COLUMN no_title TO title")
    assert crew.scrapy("jobs", "--retry", str(job["id"])).returncode == 0
    assert crew.start("--until-empty").wait(120) == 0
    assert [(job["state"], job["reason"]) for job in crew.jobs()] == [("done", None)]
    refused = crew.scrapy("jobs", "--retry", str(job["id"]))
    assert (refused.returncode, refused.stderr) == (
        7, f"Job {job['id']} has not failed, so it cannot be retried.\n",
    )  # fmt: skip


@pytest.mark.long
def test_a_stopped_worker_puts_its_job_back(crew: Workers, shop: MockShop) -> None:
    write_jobs(crew, departments=1)
    crew.file.write_text(crew.file.read_text().replace("max_pages = 1\nlimit = 12", "limit = 24"))
    crew.enqueue()
    worker = crew.start("-s", "DOWNLOAD_DELAY=1")
    wait_until(lambda: any("department" in path for path in shop.asked))
    assert crew.stop(worker) == 0
    assert crew.states() == [("todo", 1)]
    (job,) = crew.jobs()
    words = r"Crawl interrupted \(exit code 8\): \d+ new, 0 known\. The crawl was asked to stop\."
    assert re.fullmatch(words, job["reason"])
    crew.start()
    crew.finish()
    assert crew.states() == [("succeeded", 2)]


@pytest.mark.long
def test_a_scheduled_job_starts_once_per_tick_with_three_workers(crew: Workers) -> None:
    write_jobs(crew, departments=1, each='schedule = "* * * * * */10"\n')
    crew.enqueue()
    for _ in range(3):
        crew.start()
    wait_until(lambda: len(spans(crew.database_url)) >= 3)
    for worker in list(crew.alive):
        worker.send_signal(signal.SIGSTOP)  # no further tick
    jobs = rows(
        crew.database_url,
        "SELECT (job.args->>'timestamp')::float, count(*) FILTER (WHERE event.type = 'started'), "
        "extract(epoch FROM min(event.at) FILTER (WHERE event.type = 'deferred'))::float, "
        "extract(epoch FROM min(event.at) FILTER (WHERE event.type = 'started'))::float "
        "FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id "
        "WHERE task_name = 'crawl' GROUP BY job.id ORDER BY job.id",
    )
    ticks = [tick for tick, *_ in jobs]
    assert {starts for _, starts, *_ in jobs[:3]} == {1}
    # No second job is enqueued while one still waits, as on a very slow machine.
    all_ticks = range(int(ticks[0]), int(ticks[-1]) + 1, 10)
    waited = [(begin, end or inf) for _, _, begin, end in jobs]
    assert ticks == [
        tick for tick in all_ticks if tick in ticks or not any(b < tick < e for b, e in waited)
    ]
