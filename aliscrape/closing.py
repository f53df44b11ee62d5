"""What a crawl says at its end, in one line and in its row."""

from typing import Final

from scrapy.statscollectors import StatsCollector

from aliscrape.outcomes import Outcome, verdict

COUNTS: Final = {
    "pages": "pages/listing",
    "found": "products/found",
    "new": "products/new",
    "changed": "products/changed",
    "unchanged": "products/unchanged",
    "repeated": "products/repeated",
    "ignored": "products/ignored",
    "dropped": "products/dropped",
    "failed": "products/failed",
}
"""The columns of a crawl's row and the stats they come from."""

_DROPPED: Final = "products/dropped/"


def counts(stats: StatsCollector) -> dict[str, int]:
    """How many pages were read and what became of the products that were found."""
    return {column: stats.get_value(key, 0) for column, key in COUNTS.items()}


def closing_line(stats: StatsCollector) -> str:
    """The last line of the log: how it ended, what it brought, why it stopped."""
    outcome, reason = verdict(stats)
    return f"Crawl {outcome.words} (exit code {outcome.exit_code}): {_brought(stats)}. {reason}"


def _brought(stats: StatsCollector) -> str:
    count = counts(stats)
    known = count["changed"] + count["unchanged"]
    parts = [f"{count['new']} new, {known} known"]
    if verdict(stats)[0] is Outcome.DONE and known and not count["new"]:
        parts.append(f"-a new={known} goes on")
    if count["changed"]:
        parts.append(f"{count['changed']} changed")
    if count["ignored"]:
        parts.append(f"{count['ignored']} left out because they were deleted here")
    parts += [f"{number} dropped: {why}" for why, number in _dropped(stats)]
    if count["failed"]:
        parts.append(f"{count['failed']} not stored")
    return "; ".join(parts)


def _dropped(stats: StatsCollector) -> list[tuple[str, int]]:
    return [
        (key.removeprefix(_DROPPED), number)
        for key, number in sorted(stats.get_stats().items())
        if key.startswith(_DROPPED)
    ]
