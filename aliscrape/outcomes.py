"""How a crawl ended: what its parts report while it runs, and the verdict with its exit code."""

from enum import Enum
from typing import Final

from scrapy.exceptions import IgnoreRequest
from scrapy.statscollectors import StatsCollector


class Outcome(Enum):
    """An ending of a crawl: the words for people and the exit code of `scrapy crawl`."""

    DONE = "done", 0
    PARTIAL = "partial", 3
    EMPTY = "empty", 4
    BLOCKED = "blocked", 5
    NOT_UNDERSTOOD = "not understood", 6
    STORAGE_FAILED = "storage failed", 7
    INTERRUPTED = "interrupted", 8
    FORBIDDEN = "forbidden by robots.txt", 9
    ALREADY_RUNNING = "already running", 75

    def __init__(self, words: str, exit_code: int) -> None:
        self.words = words
        self.exit_code = exit_code


Ending = tuple[Outcome, str]
"""An outcome and the reason for it, a sentence for people."""

CRASHED: Final = "crashed"
"""What the next crawl writes into the row of one that was killed: it could say nothing itself."""

_GRAVEST_FIRST: Final = (
    Outcome.ALREADY_RUNNING,
    Outcome.INTERRUPTED,
    Outcome.STORAGE_FAILED,
    Outcome.BLOCKED,
    Outcome.NOT_UNDERSTOOD,
    Outcome.FORBIDDEN,
    Outcome.PARTIAL,
    Outcome.EMPTY,
    Outcome.DONE,
)


class Refusal(IgnoreRequest):
    """A request is not made, or its answer not used, and so the crawl ends; the ending says why."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.ending: Ending = (outcome, reason)


def report(stats: StatsCollector, outcome: Outcome, reason: str) -> None:
    """Report that a crawl ended, or failed in part, in this way; the first reason is kept."""
    if stats.get_value(_key(outcome)) is None:
        stats.set_value(_key(outcome), reason)


def verdict(stats: StatsCollector) -> Ending:
    """The gravest outcome reported, with its reason.

    A crawl is done only where its spider said so: one that just stopped has failed in part.
    """
    for outcome in _GRAVEST_FIRST:
        reason = stats.get_value(_key(outcome))
        if reason is not None:
            return outcome, str(reason)
    return Outcome.PARTIAL, "The crawl stopped before the listing was read; see the log above."


def _key(outcome: Outcome) -> str:
    return f"outcome/{outcome.words}"
