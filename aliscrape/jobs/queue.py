"""The queue: Procrastinate, with one task that crawls and one that retries stalled jobs."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from procrastinate import App, JobContext, PsycopgConnector
from scrapy.settings import BaseSettings

from aliscrape.jobs.child import crawl_command, run_child
from aliscrape.jobs.ends import WORKER_DIED, CrawlFailed, CrawlRetry, Jobs, is_no_failed_crawl
from aliscrape.jobs.exit_codes import AFTER, Next, describe

logger = logging.getLogger(__name__)

TASK: Final = "crawl"
CRAWLS: Final = "crawls"
MAINTENANCE: Final = "maintenance"
OUTAGE_SECONDS: Final = 60
"""How long a query waits for a database that restarts."""
_CONNECTION: Final = {
    "application_name": "aliscrape worker",
    "keepalives_idle": 10,  # a server that is silent for 30 seconds is gone
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
KEEP_HOURS: Final = 24 * 30
"""How long jobs that are done stay in the list."""
_KEEP_MAINTENANCE_HOURS: Final = 1
_LONGEST_RESCUE_SECONDS: Final = 30
_DELETE_MADE_UP_FOR: Final = """
    DELETE FROM procrastinate_jobs failed WHERE task_name = %(task)s AND status = 'failed'
    AND EXISTS (
        SELECT FROM procrastinate_jobs done
        JOIN procrastinate_events event ON event.job_id = done.id AND event.type = 'succeeded'
        WHERE done.queueing_lock = failed.queueing_lock AND event.id > (
            SELECT max(id) FROM procrastinate_events WHERE job_id = failed.id AND type = 'failed'
        )
    )
"""
"""Failed jobs stay in the list until they are retried, or until an equal job is done."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Settings of a worker."""

    first_pause: float
    """Seconds before a crawl that failed is tried again."""
    timeout: int
    """Seconds after which a worker without a heartbeat is dead, and its job is tried again."""
    crawl_options: Sequence[str]
    """Settings for the crawls, as NAME=VALUE."""

    @classmethod
    def of(cls, settings: BaseSettings, crawl_options: Sequence[str]) -> Self:
        """Return the options in the settings JOB_PAUSE and WORKER_TIMEOUT."""
        return cls(settings.getfloat("JOB_PAUSE"), settings.getint("WORKER_TIMEOUT"), crawl_options)


def make_app(url: str, options: WorkerOptions) -> App:
    """Return the queue in a database, with its tasks."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("procrastinate.worker").addFilter(is_no_failed_crawl)
    connector = PsycopgConnector(
        conninfo=url, kwargs=_CONNECTION, min_size=1, max_size=2, timeout=OUTAGE_SECONDS
    )
    app = App(connector=connector)
    app.job_manager = manager = Jobs(connector)
    retry = CrawlRetry(options.first_pause, manager.reasons)

    @app.task(name=TASK, queue=CRAWLS, pass_context=True, retry=retry)
    async def crawl(context: JobContext, /, **parameters: Any) -> None:
        number, title = context.job.id, parameters["title"]
        logger.info("Job %s, %s: started.", number, title)
        command = crawl_command(
            parameters["spider"], parameters["arguments"], options.crawl_options
        )
        exit_code, last_line = await run_child(command, parameters["settings"])
        if AFTER.get(exit_code) is not Next.DONE:
            raise CrawlFailed(exit_code, last_line)
        logger.info("Job %s, %s: %s.", number, title, describe(exit_code))

    every = min(_LONGEST_RESCUE_SECONDS, options.timeout // 3)

    @app.periodic(cron=f"* * * * * */{every}")
    @app.task(name="maintain", queue=MAINTENANCE, queueing_lock=MAINTENANCE, priority=100,
              pass_context=True)  # fmt: skip
    async def maintain(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  # Procrastinate gives it
        """Retry the jobs of dead workers, as Procrastinate documents it, and delete old jobs."""
        jobs = context.app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=options.timeout):
            logger.warning("Job %s is tried again: its worker has died.", job.id)
            if job.task_name == TASK:
                manager.reasons[job.id] = WORKER_DIED
            await jobs.retry_job(job)
        await jobs.delete_old_jobs(nb_hours=_KEEP_MAINTENANCE_HOURS, queue=MAINTENANCE,
                                   include_failed=True, include_aborted=True)  # fmt: skip
        await jobs.delete_old_jobs(nb_hours=KEEP_HOURS, queue=CRAWLS, include_aborted=True)
        await jobs.connector.execute_query_async(_DELETE_MADE_UP_FOR, task=TASK)

    return app
