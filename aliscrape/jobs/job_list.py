"""Jobs as `scrapy jobs` shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from procrastinate import App
from procrastinate.jobs import Job

from aliscrape.jobs.queue import TASK

STATES: Final = {
    "todo": "waiting",
    "doing": "running",
    "failed": "failed",
    "aborted": "given up",
    "cancelled": "given up",
    "succeeded": "done",
}
"""The engine's words for the state of a job, and ours."""


async def read_rows(app: App) -> list["JobRow"]:
    """Return all crawls of the queue, oldest first."""
    return [JobRow.of(job) for job in await app.job_manager.list_jobs_async(task=TASK)]


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job of the queue."""

    id: int
    state: str
    title: str
    starts: int
    """How often its crawl has been started and has ended, or was given up with its worker."""
    not_before: datetime | None
    """When a waiting job may start; None for at once."""
    parameters: dict[str, Any]
    reason: str | None
    """Why its crawl was last not done; None if it is done."""

    @classmethod
    def of(cls, job: Job) -> Self:
        assert job.id is not None  # noqa: S101  # it comes from the queue
        state = STATES[str(job.status)]
        reason = job.task_kwargs.get("reason")
        is_later = state == "waiting" and job.scheduled_at and job.scheduled_at > datetime.now(UTC)
        return cls(
            id=job.id,
            state=state,
            title=str(job.task_kwargs["title"]),
            starts=job.attempts,
            not_before=job.scheduled_at if is_later else None,
            parameters={
                name: job.task_kwargs[name] for name in ("spider", "arguments", "settings")
            },
            reason=None if state == "done" or reason is None else str(reason),
        )

    @property
    def text(self) -> str:
        """The job in one line, and a second one with the reason if its crawl was not done."""
        later = f" not before {self._instant}" if self.not_before else ""
        times = "once" if self.starts == 1 else f"{self.starts} times"
        before = "" if self.state == "failed" else " before"
        tried = f" (started {times}{before})" if self.starts else ""
        reason = f"\n{'':18}{self.reason}" if self.reason else ""
        return f"{self.id:>6}  {self.state:<8}  {self.title}{tried}{later}{reason}"

    def as_dict(self) -> dict[str, Any]:
        """Return the job as a dict for JSON."""
        return {
            "id": self.id,
            "state": self.state,
            "title": self.title,
            "starts": self.starts,
            "not_before": self._instant,
            "reason": self.reason,
            **self.parameters,
        }

    @property
    def _instant(self) -> str | None:
        at = self.not_before
        return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
