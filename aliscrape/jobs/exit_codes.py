"""Decide from the exit code of a crawl what happens to its job."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from aliscrape.outcome import Outcome

RETRIES: Final = 3
"""How often a crawl that failed is tried again."""
GROWTH: Final = 4
"""Each pause is this many times as long as the one before."""


class Next(Enum):
    """What happens to a job whose crawl has ended."""

    DONE = "done"
    RETRY = "retry"
    FAIL = "fail"
    PUT_BACK = "put back"
    """It waits again, and the attempt does not count."""


COULD_NOT_START: Final = 1
USAGE: Final = 2

AFTER: Final = {
    Outcome.DONE.exit_code: Next.DONE,
    Outcome.EMPTY.exit_code: Next.DONE,
    Outcome.PARTIAL.exit_code: Next.RETRY,
    Outcome.BLOCKED.exit_code: Next.RETRY,
    Outcome.STORAGE_FAILED.exit_code: Next.RETRY,
    COULD_NOT_START: Next.FAIL,
    USAGE: Next.FAIL,
    Outcome.NOT_UNDERSTOOD.exit_code: Next.FAIL,
    Outcome.FORBIDDEN.exit_code: Next.FAIL,
    Outcome.INTERRUPTED.exit_code: Next.PUT_BACK,
    Outcome.ALREADY_RUNNING.exit_code: Next.PUT_BACK,
}
"""Any other exit code, such as that of a killed process, means RETRY."""


@dataclass(frozen=True, slots=True)
class Retry:
    """When a job is tried again, and with which priority in the queue."""

    pause: timedelta
    priority: int


def retry_of(exit_code: int | None, priority: int, first_pause: float) -> Retry | None:
    """Return when a job is tried again, or None if it has failed for good.

    `exit_code` is None if the crawl could not be run.

    The distance of the priority from 0 is the number of failures so far. Failed jobs wait behind
    others. A blocked one waits before them: as only the first waiting job of a site can start, the
    whole site is left alone during the pause.
    """
    after = Next.RETRY if exit_code is None else AFTER.get(exit_code, Next.RETRY)
    if after is Next.PUT_BACK:
        is_busy = exit_code == Outcome.ALREADY_RUNNING.exit_code
        return Retry(timedelta(seconds=first_pause if is_busy else 0), priority)
    failures = abs(priority) + 1
    if after is Next.FAIL or failures > RETRIES:
        return None
    pause = timedelta(seconds=first_pause * GROWTH ** (failures - 1))
    return Retry(pause, failures if exit_code == Outcome.BLOCKED.exit_code else -failures)


def describe(exit_code: int) -> str:
    """Return an exit code in words.

    >>> describe(3), describe(-9), describe(2)
    ('partial (exit code 3)', 'killed by signal 9', 'exit code 2')
    """
    if exit_code < 0:
        return f"killed by signal {-exit_code}"
    words = [outcome.words for outcome in Outcome if outcome.exit_code == exit_code]
    return f"{words[0]} (exit code {exit_code})" if words else f"exit code {exit_code}"


def reason_of(exit_code: int, last_line: str) -> str:
    """Return why a crawl has ended, with its exit code.

    That is its last line if this has the exit code. A crawl that was killed wrote no such line.

    >>> reason_of(5, "Crawl blocked (exit code 5): 0 new, 0 known. The page is a captcha.")
    'Crawl blocked (exit code 5): 0 new, 0 known. The page is a captcha.'
    >>> reason_of(2, "error: There is no spider 'shoes'"), reason_of(-9, "Crawled (200)")
    ("exit code 2: error: There is no spider 'shoes'", 'killed by signal 9')
    """
    if f"(exit code {exit_code})" in last_line:
        return last_line
    words = describe(exit_code)
    is_of_python = words == f"exit code {exit_code}"
    return f"{words}: {last_line}" if is_of_python and last_line else words
