"""Queries of the queue of crawl jobs: the tables of Procrastinate, which workers write."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from db.database import database

_TASK: Final = "crawl"
_COUNTS: Final = (
    "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = %s GROUP BY status"
)
_OLDEST: Final = """
    SELECT min(event.at) FROM procrastinate_jobs job
    JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.task_name = %s AND job.status = 'todo'
"""
_UNFINISHED: Final = """
    SELECT job.id, job.status::text, job.args->>'title', job.args->>'reason', job.attempts,
           job.scheduled_at,
           (SELECT max(event.at) FROM procrastinate_events event
            WHERE event.job_id = job.id AND event.type <> 'scheduled')
    FROM procrastinate_jobs job
    WHERE job.task_name = %s AND job.status IN ('todo', 'doing', 'failed')
    ORDER BY job.status = 'doing' DESC, job.status = 'failed' DESC, job.priority DESC, job.id
    LIMIT %s
"""
_SCHEDULES: Final = """
    SELECT DISTINCT ON (schedule.periodic_id)
           schedule.periodic_id, schedule.defer_timestamp, job.args->>'title',
           coalesce(job.status = 'todo', false)
    FROM procrastinate_periodic_defers schedule
    LEFT JOIN procrastinate_jobs job ON job.id = schedule.job_id
    WHERE schedule.task_name = %s ORDER BY schedule.periodic_id, schedule.defer_timestamp DESC
"""
_HAS_WORKER: Final = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > %s)"


class JobRow(NamedTuple):
    """A job that has not been done."""

    id: int
    status: str
    title: str
    reason: str | None
    """Why its crawl was last not done."""
    attempts: int
    not_before: datetime | None
    changed_at: datetime
    """When its status changed last."""


class ScheduleRow(NamedTuple):
    """A schedule, and the last time for which it has started a job, or when it was registered."""

    cron: str
    last: int
    title: str | None
    is_waiting: bool
    """Whether that job still waits. Then the next one is not enqueued."""


def has_queue() -> bool:
    """Return whether a worker has ever used this database."""
    return bool(database.table_exists("procrastinate_jobs"))


def count_by_status() -> Mapping[str, int]:
    """Return the number of jobs in each of the engine's states."""
    return dict(_rows(_COUNTS, _TASK))


def oldest_waiting_at() -> datetime | None:
    """Return when the oldest waiting job was enqueued, or None."""
    ((at,),) = _rows(_OLDEST, _TASK)
    return at  # type: ignore[no-any-return]  # peewee does not know


def read_unfinished(limit: int) -> list[JobRow]:
    """Return running jobs, then failed ones, then the waiting ones in the order of the queue."""
    return [JobRow(*row) for row in _rows(_UNFINISHED, _TASK, limit)]


def read_schedules() -> list[ScheduleRow]:
    """Return the schedules that workers have registered."""
    return [
        ScheduleRow(periodic_id.partition(" | ")[0], *columns)
        for periodic_id, *columns in _rows(_SCHEDULES, _TASK)
    ]


def has_worker_since(at: datetime) -> bool:
    """Return whether a worker has sent a heartbeat since then."""
    ((found,),) = _rows(_HAS_WORKER, at)
    return bool(found)


def _rows(query: str, *values: Any) -> list[Any]:
    return list(database.execute_sql(query, values).fetchall())
