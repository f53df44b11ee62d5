"""What is written into the queue when the crawl of a job has ended."""

import asyncio
import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from aliscrape.jobs.exit_codes import Retry, describe, reason_of, retry_of
from aliscrape.outcome import Outcome

logger = logging.getLogger(__name__)

WORKER_DIED: Final = "The worker has died."
_EQUAL_WAITS: Final = "Given up, because an equal job waits already."
_WRITE_REASON: Final = """
    UPDATE procrastinate_jobs SET args = args || jsonb_build_object('reason', %(reason)s::text)
    WHERE id = %(id)s
"""
Reasons = MutableMapping[int | None, str]
"""Why crawls were not done, by the id of the job."""


class CrawlFailed(Exception):
    """A crawl has ended with an exit code that is not done."""

    def __init__(self, exit_code: int, last_line: str) -> None:
        super().__init__(describe(exit_code))
        self.exit_code = exit_code
        self.reason = reason_of(exit_code, last_line)


def is_no_failed_crawl(record: logging.LogRecord) -> bool:
    """Leave out failed crawls, which our own lines report without a traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], CrawlFailed))


class CrawlRetry(BaseRetryStrategy):
    """Decide by its exit code whether a crawl is retried, and keep the reason."""

    def __init__(self, first_pause: float, reasons: Reasons) -> None:
        self.first_pause = first_pause
        self.reasons = reasons

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        retry = retry_of(_exit_code_of(exception), job.priority, self.first_pause)
        self.reasons[job.id] = _reason_of(exception)
        logger.log(
            logging.ERROR if retry is None else logging.WARNING,
            "Job %s, %s: %s. %s",
            job.id,
            job.task_kwargs["title"],
            str(exception) or "interrupted",
            _next(retry),
        )
        if retry is None:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + retry.pause, priority=retry.priority)


def _exit_code_of(exception: BaseException) -> int | None:
    """Return the exit code of a crawl, or None if it could not be run."""
    if isinstance(exception, asyncio.CancelledError):  # the worker was stopped at that moment
        return Outcome.INTERRUPTED.exit_code
    return exception.exit_code if isinstance(exception, CrawlFailed) else None


def _reason_of(exception: BaseException) -> str:
    if isinstance(exception, CrawlFailed):
        return exception.reason
    if isinstance(exception, asyncio.CancelledError):
        return describe(Outcome.INTERRUPTED.exit_code)
    return f"The crawl could not be run: {exception}"


def _next(retry: Retry | None) -> str:
    if retry is None:
        return "It has failed."
    seconds = retry.pause.total_seconds()
    return f"It is tried again {f'in {seconds:.0f} s' if seconds else 'at once'}."


class Jobs(JobManager):
    """Procrastinate's job manager, for what its worker leaves open when a job ends."""

    def __init__(self, connector: BaseConnector) -> None:
        super().__init__(connector)
        self.reasons: Reasons = {}
        """The reasons that are written when the jobs end or wait again."""
        self.lost = asyncio.Event()
        """Set when the end of a job could not be written. The worker must end then: while its
        heartbeat goes on, nobody would take the job for stalled.
        """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001  # as the engine calls it
        with self._watched():
            if await self._is_held(job):
                await self._write_reason(job)
                await super().finish_job(job=job, status=status, delete_job=delete_job)

    async def retry_job(self, job: Job, *args: Any, **options: Any) -> None:
        """Let a job wait again, or end it as aborted if an equal job waits already."""
        with self._watched():
            if not await self._is_held(job):
                return
            await self._write_reason(job)
            try:
                await super().retry_job(job, *args, **options)
            except UniqueViolation:
                logger.warning("Job %s is given up: an equal job waits already.", job.id)
                self.reasons[job.id] = _EQUAL_WAITS
                await self._write_reason(job)
                await super().finish_job(job=job, status=Status.ABORTED, delete_job=False)

    async def _write_reason(self, job: Job) -> None:
        """Store the reason why a crawl was not done in the arguments of its job."""
        reason = self.reasons.pop(job.id, None)
        if reason is not None:
            await self.connector.execute_query_async(_WRITE_REASON, id=job.id, reason=reason)

    async def _is_held(self, job: Job) -> bool:
        """Return whether the worker that has started a job still has it.

        A worker that was cut off for long has lost its job to another one, whose word counts.
        """
        held = list(await self.list_jobs_async(id=job.id, status="doing", worker_id=job.worker_id))
        if not held:
            logger.warning("Job %s has been given to another worker meanwhile.", job.id)
        return bool(held)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.OperationalError):
                self.lost.set()
            raise
