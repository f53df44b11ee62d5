"""The state of one crawl while it runs. Scrapy's stats only report it."""

from collections import Counter
from typing import Final

from scrapy.statscollectors import StatsCollector

from aliscrape.outcome.outcomes import Ending, Outcome
from db.errors import StorageError

_NO_END: Final = "The crawl stopped before the listing was read. See the log above."
_EXPECTED_REASONS: Final = frozenset({"finished", *(outcome.words for outcome in Outcome)})


class Run:
    """What one crawl has counted, which products it has, and the outcomes reported so far."""

    def __init__(self, target: str | None = None, category: str | None = None) -> None:
        self.target = target
        """The listing that the crawl was asked for; None where the spider finds it itself."""
        self.listing: str | None = None
        """The listing that is read, once it is known."""
        self.category = category
        self.note: str | None = None
        """Which listing was read if the category was not found by name: a part of the reason."""
        self.crawl_id: int | None = None
        """The id of the crawl's row; None where nothing is recorded, as in `scrapy parse`."""
        self.product_ids: dict[str, str | None] = {}
        """The products of this crawl in the order of the listing, each with its redirected id."""
        self.counts: Counter[str] = Counter()
        self.is_closed = False
        self._reasons: dict[Outcome, str] = {}
        self._exception: str | None = None

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter, which becomes the stat of that name."""
        self.counts[name] += number

    def counted(self, prefix: str) -> dict[str, int]:
        """Return the counters whose names begin with `prefix`, by the rest of their names."""
        return {
            name.removeprefix(prefix): number
            for name, number in sorted(self.counts.items())
            if name.startswith(prefix)
        }

    def report(self, outcome: Outcome, reason: str) -> None:
        """Report that the crawl ended, or failed in part, in this way; the first reason is kept."""
        self._reasons.setdefault(outcome, reason)

    def report_exception(self, error: BaseException) -> None:
        """Report an exception that nobody has handled, wherever it was raised."""
        if isinstance(error, StorageError):
            self.report(Outcome.STORAGE_FAILED, str(error))
        self._exception = self._exception or f"An unexpected {type(error).__name__}: {error}."

    @property
    def ending(self) -> Ending:
        """The most severe outcome reported so far and its reason.

        A crawl is done only if its spider says so: one that just stops is partial.
        """
        reasons = {Outcome.PARTIAL: self._exception} if self._exception else {}
        reasons |= self._reasons
        found = next((outcome for outcome in Outcome if outcome in reasons), None)
        if found is None:
            return Outcome.PARTIAL, _NO_END
        note = self.note if self.counts["pages/listing"] else None
        return found, " ".join(filter(None, (reasons[found], note)))

    @property
    def outcome(self) -> Outcome:
        return self.ending[0]

    def close(self, reason: str) -> None:
        """Report why Scrapy closed the spider, unless the spider itself has asked for it."""
        self.is_closed = True
        if reason == "shutdown":
            self.report(Outcome.INTERRUPTED, "The crawl was asked to stop.")
        elif reason not in _EXPECTED_REASONS:  # such as closespider_timeout
            self.report(Outcome.PARTIAL, f"Scrapy closed the spider ({reason}).")

    def publish(self, stats: StatsCollector) -> None:
        """Copy the counters and the outcome to Scrapy's stats."""
        outcome, reason = self.ending
        values = {"finish_reason": outcome.words, "outcome/reason": reason, **self.counts}
        for name, value in values.items():
            stats.set_value(name, value)
