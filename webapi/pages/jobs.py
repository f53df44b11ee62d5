"""The jobs of the queue, as the crawls page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from webapi.pages import words
from webapi.pages.words import When
from webapi.repositories.jobs import JobRow
from webapi.services.jobs import STATES, Queue

_KINDS: Final = {"running": "running", "failed": "bad"}
"""The colour of a state; waiting has none."""


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the table of jobs."""

    id: int
    kind: str | None
    state: str
    title: str
    since: When
    note: str
    reason: str | None
    """Why the crawl was last not done."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Unfinished jobs, as the Crawls page shows them above the crawls."""

    summary: str
    rows: Sequence[Job]


def job_table(queue: Queue, rows: Sequence[JobRow], now: datetime) -> Jobs:
    """Return the jobs that run, have failed or wait."""
    summary = ", ".join(f"{number:,} {state}" for state, number in queue.counts.items())
    return Jobs(summary, [_job(row, now) for row in rows])


def _job(row: JobRow, now: datetime) -> Job:
    state = STATES[row.status]
    before = "" if state == "failed" else " before"
    notes = [f"started {words.plural(row.attempts, 'time')}{before}"] if row.attempts else []
    if state == "waiting" and row.not_before and row.not_before > now:
        notes.append(f"not before {words.exact(row.not_before)}")
    return Job(row.id, _KINDS.get(state), state, row.title, words.when(row.changed_at, now),
               ", ".join(notes), row.reason)  # fmt: skip
