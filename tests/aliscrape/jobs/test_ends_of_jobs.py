"""What the engine writes when a job ends, beside other jobs of the same crawl."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.periodic import PeriodicDeferrer

from aliscrape.jobs import queue
from aliscrape.jobs.child import ChildEnd
from aliscrape.jobs.crawl_job import CrawlJob
from aliscrape.jobs.ends import CrawlFailed, CrawlRetry
from aliscrape.jobs.errors import QueueError
from aliscrape.jobs.job_list import JobRow, read_rows
from aliscrape.jobs.queue import TASK, WorkerOptions, make_app
from aliscrape.jobs.schedules import register, schedule_id
from aliscrape.jobs.schema import migrate
from aliscrape.jobs.worker import Ended, enqueue, retry_failed, work
from tests.postgres import Postgres, rows

JOB = CrawlJob("category", {"url": "http://127.0.0.1/w/x.html"}, {}, "127.0.0.1")
OPTIONS = WorkerOptions(first_pause=300.0, timeout=30, crawl_options=())
STATES = "SELECT status::text FROM procrastinate_jobs ORDER BY id"


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    made = postgres.new_database()
    migrate(made)
    yield made
    postgres.drop(made)


def use(url: str, do: Callable[[App], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        app = make_app(url, OPTIONS)
        async with app.open_async():
            return await do(app)

    return asyncio.run(run())


async def maintain(app: App) -> None:
    """Run the task of the queue that is started every few seconds."""
    context: Any = type("Context", (), {"app": app})
    await app.tasks["maintain"](context, timestamp=0)


def age_heartbeats(url: str) -> None:
    """Make all workers of a queue silent for longer than the timeout."""
    rows(url, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 s'")


async def start(app: App) -> Any:
    """Start the next job as a worker does, and enqueue an equal one meanwhile."""
    worker_id = await app.job_manager.register_worker()
    job = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
    assert await enqueue(app, [JOB]) == 1
    return job


def test_equal_jobs_are_enqueued_once(url: str) -> None:
    async def twice(app: App) -> list[int]:
        other = CrawlJob("category", {**JOB.arguments, "limit": "5"}, {}, JOB.lock)
        return [await enqueue(app, [JOB, other]), await enqueue(app, [JOB, other])]

    assert use(url, twice) == [2, 0]


def test_a_job_that_would_wait_twice_is_given_up(url: str) -> None:
    async def fail(app: App) -> None:
        await enqueue(app, [JOB])
        await app.job_manager.retry_job(await start(app))

    use(url, fail)
    assert rows(url, STATES) == [("aborted",), ("todo",)]
    assert [row.reason for row in use(url, read_rows)] == [
        "Given up, because an equal job waits already.", None,
    ]  # fmt: skip


@pytest.mark.parametrize(("exit_code", "next_job"), [(3, 2), (5, None), (75, None)])
def test_after_a_block_the_site_is_left_alone_and_after_a_failure_the_next_job_starts(
    url: str, exit_code: int, next_job: int | None
) -> None:
    async def fail(app: App) -> int | None:
        other = CrawlJob("category", {}, {}, JOB.lock)
        await enqueue(app, [JOB, other])
        worker_id = await app.job_manager.register_worker()
        job = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
        assert job is not None
        error = CrawlFailed(exit_code, "")
        decision = CrawlRetry(300, {}).get_retry_decision(exception=error, job=job)
        assert decision is not None
        await app.job_manager.retry_job(job, decision.retry_at, priority=decision.priority)
        following = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
        return None if following is None else following.id

    assert use(url, fail) == next_job


@pytest.mark.parametrize("error", [asyncio.CancelledError(), OSError("no memory to fork")])
def test_a_job_whose_crawl_could_not_begin_is_tried_again(error: BaseException) -> None:
    job = Job(queue="crawls", lock=None, queueing_lock=None, task_name=TASK,
              task_kwargs={"title": JOB.title})  # fmt: skip
    assert CrawlRetry(300, reasons={}).get_retry_decision(exception=error, job=job) is not None


def test_a_worker_that_was_cut_off_does_not_end_the_run_of_another_one(url: str) -> None:
    async def fall_behind(app: App) -> None:
        await enqueue(app, [JOB])
        slow, quick = [await app.job_manager.register_worker() for _ in range(2)]
        late = await app.job_manager.fetch_job(queues=None, worker_id=slow)
        assert late is not None
        await app.job_manager.retry_job(late)  # as of a dead worker
        assert await app.job_manager.fetch_job(queues=None, worker_id=quick) is not None
        await app.job_manager.finish_job(late, Status.FAILED, delete_job=False)
        await app.job_manager.retry_job(late)

    use(url, fall_behind)
    assert rows(url, "SELECT status::text, attempts FROM procrastinate_jobs") == [("doing", 1)]


def test_the_reason_of_a_failure_is_kept_with_the_job_and_may_have_any_characters(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "Crawl not understood (exit code 6): 100 % of {'a': \"price\"} \u00a5\U0001f600"

    async def fail(*_: object) -> ChildEnd:
        return ChildEnd(6, words)

    async def start(app: App) -> list[JobRow]:
        await enqueue(app, [JOB])
        await work(app, [], worker_timeout=30, until_empty=True)
        return await read_rows(app)

    monkeypatch.setattr(queue, "run_child", fail)
    (row,) = use(url, start)
    assert (row.state, row.reason) == ("failed", words)
    assert row.text.splitlines() == [
        f"{row.id:>6}  failed    {JOB.title} (started once)", " " * 18 + words,
    ]  # fmt: skip


def test_a_failed_job_is_not_retried_beside_an_equal_one_that_waits(url: str) -> None:
    rows_before = []

    async def fail(app: App) -> None:
        await enqueue(app, [JOB])
        job = await start(app)
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
        rows_before.extend(rows(url, STATES))
        with pytest.raises(QueueError, match="An equal job waits already"):
            await retry_failed(app, job.id)

    use(url, fail)
    assert rows_before == rows(url, STATES) == [("failed",), ("todo",)]


def test_a_job_of_a_dead_worker_waits_again(url: str) -> None:
    async def die(app: App) -> None:
        await enqueue(app, [JOB])
        worker_id = await app.job_manager.register_worker()
        await app.job_manager.fetch_job(queues=None, worker_id=worker_id)

    use(url, die)

    use(url, maintain)
    assert rows(url, STATES) == [("doing",)], "its heartbeat is new"
    age_heartbeats(url)
    use(url, maintain)
    assert rows(url, STATES) == [("todo",)]
    (row,) = use(url, read_rows)
    assert row.reason == "The worker has died."


def test_a_worker_that_cannot_write_the_end_of_a_job_ends_so_that_the_job_is_found(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def done(*_: object) -> ChildEnd:
        return ChildEnd(0, "")

    async def lose_connection(_: JobManager, job: Job, **__: object) -> None:
        if job.task_name == TASK:
            raise ConnectorException from psycopg.OperationalError("The connection is lost.")

    monkeypatch.setattr(queue, "run_child", done)
    monkeypatch.setattr(JobManager, "finish_job", lose_connection)

    async def start(app: App) -> Ended:
        await enqueue(app, [JOB])
        return await work(app, [], worker_timeout=30, until_empty=False)

    assert use(url, start) is Ended.LOST
    rows(url, "DELETE FROM procrastinate_jobs WHERE task_name = 'maintain' RETURNING id")
    assert rows(url, "SELECT status::text, worker_id FROM procrastinate_jobs") == [("doing", None)]


@pytest.mark.long
def test_a_worker_that_is_cut_off_from_the_queue_stops_its_crawl_and_its_job_is_found(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = url.rpartition("/")[2]
    ended = []

    async def crawl(*_: object) -> ChildEnd:
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres.kill_connections(url)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(JOB)
        raise AssertionError

    async def start(app: App) -> None:
        await enqueue(app, [JOB])
        await work(app, [], worker_timeout=4, until_empty=False)

    monkeypatch.setattr(queue, "run_child", crawl)
    monkeypatch.setattr(queue, "OUTAGE_SECONDS", 1)
    with pytest.raises(ConnectorException):
        use(url, start)
    assert ended == [JOB]
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    age_heartbeats(url)
    use(url, maintain)
    query = "SELECT status::text FROM procrastinate_jobs WHERE task_name = %s"
    assert rows(url, query, TASK) == [("todo",)]


def test_a_failed_job_leaves_the_list_when_an_equal_one_is_done_after_it(url: str) -> None:
    async def run(app: App, jobs: list[tuple[CrawlJob, Status]]) -> None:
        worker_id = await app.job_manager.register_worker()
        for crawl, status in jobs:
            await enqueue(app, [crawl])
            job = await app.job_manager.fetch_job(queues=None, worker_id=worker_id)
            assert job is not None
            await app.job_manager.finish_job(job, status, delete_job=False)
        await maintain(app)

    other = CrawlJob("category", {}, {}, JOB.lock)
    done, failed = Status.SUCCEEDED, Status.FAILED
    use(url, lambda app: run(app, [(JOB, done), (JOB, failed), (other, done)]))
    assert rows(url, STATES) == [("succeeded",), ("failed",), ("succeeded",)]
    use(url, lambda app: run(app, [(JOB, done)]))
    assert rows(url, STATES) == [("succeeded",)] * 3


def test_the_maintenance_of_a_dead_worker_is_done_again(url: str) -> None:
    async def die(app: App) -> None:
        await app.tasks["maintain"].defer_async(timestamp=1)
        worker_id = await app.job_manager.register_worker()
        await app.job_manager.fetch_job(queues=None, worker_id=worker_id)

    use(url, die)
    age_heartbeats(url)
    use(url, maintain)
    assert rows(url, STATES) == [("todo",)]
    (kwargs,) = rows(url, "SELECT args FROM procrastinate_jobs")
    assert kwargs == ({"timestamp": 1},)


def test_only_one_maintenance_waits_while_all_workers_are_busy(url: str) -> None:
    async def defer_twice(app: App) -> None:
        await app.tasks["maintain"].defer_async(timestamp=1)
        with pytest.raises(AlreadyEnqueued):
            await app.tasks["maintain"].defer_async(timestamp=2)

    use(url, defer_twice)


def test_a_scheduled_job_waits_once_and_has_the_lock_of_its_site(url: str) -> None:
    scheduled = CrawlJob("category", {"limit": "5"}, {}, JOB.lock, "0 0 29 2 *")

    async def tick_twice(app: App) -> None:
        await work(app, [scheduled], worker_timeout=30, until_empty=True)
        registry = app.periodic_registry
        (task,) = [one for one in registry.periodic_tasks.values() if one.task.name == TASK]
        await PeriodicDeferrer(registry).defer_jobs([(task, 1), (task, 2)])

    use(url, tick_twice)
    query = "SELECT status::text, lock FROM procrastinate_jobs WHERE task_name = %s"
    assert rows(url, query, TASK) == [("todo", JOB.lock)]


def test_a_schedule_that_is_no_longer_in_the_file_is_forgotten(url: str) -> None:
    kept, gone = (
        CrawlJob("category", {"limit": limit}, {}, "127.0.0.1", "17 6 * * *") for limit in "12"
    )

    async def start_with(app: App, jobs: list[CrawlJob]) -> None:
        await work(app, jobs, worker_timeout=30, until_empty=True)

    use(url, lambda app: register(app, [gone]))
    use(url, lambda app: start_with(app, [kept]))
    query = "SELECT periodic_id FROM procrastinate_periodic_defers WHERE task_name = %s"
    assert rows(url, query, TASK) == [(schedule_id(kept),)]
