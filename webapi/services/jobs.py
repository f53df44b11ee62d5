"""The crawl jobs of the queue, as workers have left them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Final

from webapi.repositories import jobs
from webapi.repositories.jobs import JobRow

SHOWN: Final = 50
"""How many jobs the page lists."""
GRACE: Final = timedelta(minutes=15)
"""A worker that is late starts a scheduled job up to 10 minutes after its time, and no later."""
STATES: Final[Mapping[str, str]] = {"todo": "waiting", "doing": "running", "failed": "failed"}
"""The engine's states that are of interest, and our words for them."""


@dataclass(frozen=True, slots=True)
class Queue:
    """How many jobs there are in each of our states, and when the oldest waiting one came."""

    counts: Mapping[str, int]
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class MissedSchedule:
    """A schedule whose last time has passed without a job."""

    cron: str
    title: str | None
    due_at: datetime


def read_queue() -> Queue | None:
    """Return the state of the queue, or None if there is none on this database."""
    if not jobs.has_queue():
        return None
    counts = jobs.count_by_status()
    return Queue(
        {word: counts.get(state, 0) for state, word in STATES.items()}, jobs.oldest_waiting_at()
    )


def read_unfinished() -> Sequence[JobRow]:
    """Return the jobs that run, have failed or wait."""
    return jobs.read_unfinished(SHOWN)


def read_missed_schedules(now: datetime) -> list[MissedSchedule] | None:
    """Return the schedules that were missed, or None where there is no queue to read.

    A schedule whose last job still waits is missed only if no worker is up.
    """
    if find_spec("croniter") is None or not jobs.has_queue():
        return None
    from croniter import croniter  # noqa: PLC0415  # an optional extra

    missed, is_worked_on = [], jobs.has_worker_since(now - GRACE)
    for schedule in jobs.read_schedules():
        due_at = croniter(schedule.cron, schedule.last).get_next(float)
        due = datetime.fromtimestamp(due_at, UTC)
        if due + GRACE < now and not (schedule.is_waiting and is_worked_on):
            missed.append(MissedSchedule(schedule.cron, schedule.title, due))
    return missed
