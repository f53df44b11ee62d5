"""The schedules that the queue knows: when each has started its last job."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from procrastinate import App

from aliscrape.jobs.crawl_job import CrawlJob
from aliscrape.jobs.queue import TASK

_REGISTER: Final = """
    INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
    SELECT %(task)s::varchar, %(id)s::varchar, %(now)s WHERE NOT EXISTS (
        SELECT FROM procrastinate_periodic_defers
        WHERE task_name = %(task)s::varchar AND periodic_id = %(id)s::varchar
    )
    ON CONFLICT DO NOTHING
"""
_FORGET: Final = """
    DELETE FROM procrastinate_periodic_defers
    WHERE task_name = %(task)s::varchar AND NOT periodic_id = ANY(%(ids)s::varchar[])
"""


def schedule_id(job: CrawlJob) -> str:
    """Return the id of a schedule: the times as in jobs.toml, and a digest of the job.

    The service reads the times, to say which schedules were missed.
    """
    return f"{job.schedule} | {job.key[:32]}"


async def register(app: App, jobs: Collection[CrawlJob]) -> None:
    """Write each schedule into the queue, unless it is there already."""
    now = int(datetime.now(UTC).timestamp())
    for job in jobs:
        await app.connector.execute_query_async(_REGISTER, task=TASK, id=schedule_id(job), now=now)


async def forget_others(app: App, jobs: Collection[CrawlJob]) -> None:
    """Remove the schedules that are no longer in jobs.toml."""
    ids = [schedule_id(job) for job in jobs]
    await app.connector.execute_query_async(_FORGET, task=TASK, ids=ids)
