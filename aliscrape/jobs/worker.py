"""Enqueue jobs, and work on them until SIGTERM or until none is left."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, cast

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.worker import Worker

from aliscrape.jobs.crawl_job import CrawlJob
from aliscrape.jobs.ends import Jobs
from aliscrape.jobs.errors import QueueError
from aliscrape.jobs.queue import TASK
from aliscrape.jobs.schedules import forget_others, register, schedule_id
from aliscrape.outcome import Outcome

POLL_SECONDS: Final = 2.0
"""How often a worker looks for a job. A notification by Postgres would be lost in its restart."""
_HEARTBEATS: Final = 4
"""How many heartbeats are sent until a worker counts as dead."""


class Ended(Enum):
    """Why a worker has ended."""

    STOPPED = "It was told to stop.", 0
    EMPTY = "No job is left.", 0
    LOST = "The connection to the queue was lost.", Outcome.STORAGE_FAILED.exit_code

    def __init__(self, reason: str, exit_code: int) -> None:
        self.reason = reason
        self.exit_code = exit_code


async def enqueue(app: App, jobs: Sequence[CrawlJob]) -> int:
    """Enqueue jobs and return how many. A job is left out if an equal one waits."""
    enqueued = 0
    for job in jobs:
        with suppress(AlreadyEnqueued):
            await app.configure_task(
                TASK, lock=job.lock, queueing_lock=job.key, allow_unknown=False
            ).defer_async(**job.parameters)
            enqueued += 1
    return enqueued


async def retry_failed(app: App, job_id: int) -> None:
    """Enqueue a failed job again, without its failures. Raises QueueError if it has not failed."""
    jobs = list(await app.job_manager.list_jobs_async(id=job_id, task=TASK))
    if not jobs:
        raise QueueError(f"There is no job {job_id}.")
    if jobs[0].status != "failed":
        raise QueueError(f"Job {job_id} has not failed, so it cannot be retried.")
    try:
        await app.job_manager.retry_job_by_id_async(job_id, datetime.now(UTC), priority=0)
    except UniqueViolation as error:
        raise QueueError(f"An equal job waits already, so job {job_id} is not needed.") from error


async def work(
    app: App, jobs: Sequence[CrawlJob], worker_timeout: int, *, until_empty: bool
) -> Ended:
    """Run waiting jobs one after another, and start the scheduled ones when they are due."""
    scheduled = [job for job in jobs if job.schedule is not None]
    for job in scheduled:
        app.periodic(
            cron=str(job.schedule),
            periodic_id=schedule_id(job),
            lock=job.lock,
            queueing_lock=job.key,
            task_kwargs=job.parameters,
        )(app.tasks[TASK])
    await register(app, scheduled)
    await forget_others(app, scheduled)
    return await _run(app, worker_timeout, until_empty=until_empty)


async def _run(app: App, worker_timeout: int, *, until_empty: bool) -> Ended:
    """Run Procrastinate's worker until there is a reason to end."""
    stopped, jobs = asyncio.Event(), cast("Jobs", app.job_manager)
    worker = Worker(
        app,
        listen_notify=False,
        fetch_job_polling_interval=POLL_SECONDS,
        update_heartbeat_interval=worker_timeout / _HEARTBEATS,
        stalled_worker_timeout=worker_timeout,
        shutdown_graceful_timeout=0,  # the crawl is told to stop at once, and then waited for
        install_signal_handlers=False,
    )
    running: asyncio.Task[None] = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]  # the engine has no type for it
    reasons: dict[asyncio.Task[Any], Ended] = {
        asyncio.create_task(stopped.wait()): Ended.STOPPED,
        asyncio.create_task(jobs.lost.wait()): Ended.LOST,
        running: Ended.LOST,
    }
    if until_empty:
        reasons[asyncio.create_task(_wait_until_empty(app, running))] = Ended.EMPTY
    with _signals(stopped.set):
        done, _ = await asyncio.wait(reasons, return_when=asyncio.FIRST_COMPLETED)
        # Not cancelled: until Python 3.12 a cancellation could be lost, and the worker go on.
        worker.stop()  # type: ignore[no-untyped-call]  # as above
        await asyncio.wait({running})
    for task in reasons:
        task.cancel()
    for result in await asyncio.gather(*reasons, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
    return next(ended for task, ended in reasons.items() if task in done)


@contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at the first SIGTERM or Ctrl-C. A second one kills the worker and its crawl."""
    loop = asyncio.get_running_loop()

    def restore() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    def stop() -> None:
        restore()
        end()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        restore()


async def _wait_until_empty(app: App, running: asyncio.Task[None]) -> None:
    while not running.done():
        crawls = list(await app.job_manager.list_queues_async(task=TASK))
        if not any(queue["todo"] or queue["doing"] for queue in crawls):
            return
        await asyncio.sleep(POLL_SECONDS)
