"""What the service shows of the queue that workers share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from procrastinate import App
from procrastinate.jobs import Status

from aliscrape.jobs.crawl_job import CrawlJob
from aliscrape.jobs.queue import WorkerOptions, make_app
from aliscrape.jobs.schedules import register
from aliscrape.jobs.schema import migrate
from aliscrape.jobs.worker import enqueue
from tests.postgres import Postgres, rows
from tests.webapi.html.catalog import page, text, texts
from tests.webapi.test_metrics import scrape, value
from webapi import create_app
from webapi.services import jobs

DAILY = "0 6 * * *"
REASON = "Crawl not understood (exit code 6): 0 new, 0 known. The page has no <div>."


def job(number: int, schedule: str | None = None) -> CrawlJob:
    country = {"ALIEXPRESS_REGION": "DE", "ALIEXPRESS_CURRENCY": "EUR"}
    return CrawlJob("category", {"limit": str(number)}, country, f"site {number}", schedule)


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    made = postgres.new_database()
    migrate(made)
    yield made
    postgres.drop(made)


@pytest.fixture
def client(url: str) -> FlaskClient:
    return create_app({"DATABASE_URL": url}).test_client()


def use(url: str, do: Callable[[App], Awaitable[Any]]) -> None:
    async def run() -> None:
        app = make_app(url, WorkerOptions(first_pause=300, timeout=90, crawl_options=()))
        async with app.open_async():
            await do(app)

    asyncio.run(run())


async def fill(app: App) -> None:
    """Make one job that has failed, one that runs, one that waits for its time, and one more."""
    await enqueue(app, [job(1), job(2), job(3), job(4)])
    worker_id = await app.job_manager.register_worker()
    started = [await app.job_manager.fetch_job(queues=None, worker_id=worker_id) for _ in range(3)]
    failed, _, later = (one for one in started if one is not None)
    app.job_manager.reasons[failed.id] = REASON  # type: ignore[attr-defined]  # it is ours
    await app.job_manager.finish_job(failed, Status.FAILED, delete_job=False)
    await app.job_manager.retry_job(later, retry_at=datetime(2099, 1, 2, 3, 4, tzinfo=UTC))


def test_the_crawls_page_lists_jobs_that_run_have_failed_or_wait(
    client: FlaskClient, url: str
) -> None:
    use(url, fill)
    shown = page(client, "/crawls")
    assert text(shown, ".jobs > .second") == "2 waiting, 1 running, 1 failed"
    assert texts(shown, ".jobs tbody td:nth-child(2)") == [
        "running", "failed", "waiting", "waiting",
    ]  # fmt: skip
    assert [row.css("td:first-child::text").get() for row in shown.css(".jobs tbody tr")] == [
        "2", "1", "3", "4",
    ]  # fmt: skip
    assert texts(shown, ".jobs tbody td:last-child") == [
        "category DE EUR limit=2",
        f"category DE EUR limit=1 (started 1 time) {REASON}",
        "category DE EUR limit=3 (started 1 time before, not before 2099-01-02 03:04 UTC)",
        "category DE EUR limit=4",
    ]


def test_a_queue_without_jobs_is_three_zeros(client: FlaskClient) -> None:
    shown = page(client, "/crawls")
    assert text(shown, ".jobs > .second") == "0 waiting, 0 running, 0 failed"
    assert shown.css(".jobs table") == []


def test_metrics_have_the_jobs_by_state_and_the_age_of_the_oldest_that_waits(
    client: FlaskClient, url: str
) -> None:
    assert value(scrape(client), "aliscrape_oldest_waiting_job_seconds") == 0
    use(url, fill)
    rows(url, "UPDATE procrastinate_events SET at = at - interval '1 hour' RETURNING id")
    metrics = scrape(client)
    numbers = {
        state: value(metrics, "aliscrape_jobs", state=state)
        for state in ("waiting", "running", "failed")
    }
    assert numbers == {"waiting": 2, "running": 1, "failed": 1}
    assert 3600 <= value(metrics, "aliscrape_oldest_waiting_job_seconds") < 3700


def test_readiness_names_a_schedule_that_was_missed_and_stays_200(
    client: FlaskClient, url: str
) -> None:
    use(url, lambda app: register(app, [job(1, DAILY)]))
    assert client.get("/health/ready").get_json()["missed_schedules"] == []
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).replace(hour=6, minute=0, second=0)
    rows(
        url,
        "UPDATE procrastinate_periodic_defers SET defer_timestamp = %s RETURNING id",
        int(two_days_ago.timestamp()),
    )
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.get_json()["missed_schedules"] == [
        {
            "schedule": DAILY,
            "job": None,
            "due_at": f"{two_days_ago + timedelta(days=1):%Y-%m-%dT%H:%M:%S}.000000Z",
        }
    ]


@pytest.mark.parametrize(("worker_is_up", "is_missed"), [(True, False), (False, True)])
def test_a_schedule_whose_last_job_still_waits_is_missed_only_without_a_worker(
    client: FlaskClient,
    url: str,
    worker_is_up: bool,  # noqa: FBT001  # a table
    is_missed: bool,  # noqa: FBT001  # a table
) -> None:
    """Its next job is not enqueued beside the one that waits, so its last time stays as it was."""

    async def start(app: App) -> None:
        scheduled = app.configure_task("crawl", lock="site", task_kwargs=job(1, DAILY).parameters)
        await app.job_manager.defer_periodic_job(
            scheduled.job.evolve(task_kwargs={"title": "a", "timestamp": 1}), "0 6 * * * | a", 1
        )
        await app.job_manager.register_worker()

    use(url, start)
    if not worker_is_up:
        rows(url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '16 min'")
    assert bool(client.get("/health/ready").get_json()["missed_schedules"]) is is_missed


@pytest.mark.parametrize(("minutes", "is_missed"), [(14, False), (16, True)])
def test_a_schedule_is_missed_a_quarter_of_an_hour_after_its_time(
    client: FlaskClient,
    url: str,
    minutes: int,
    is_missed: bool,  # noqa: FBT001  # a table
) -> None:
    due = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
    use(url, lambda app: register(app, [job(1, DAILY)]))
    query = "UPDATE procrastinate_periodic_defers SET defer_timestamp = %s RETURNING id"
    rows(url, query, int((due - timedelta(hours=1)).timestamp()))
    with client.application.app_context():
        missed = jobs.read_missed_schedules(due + timedelta(minutes=minutes))
    assert bool(missed) is is_missed
