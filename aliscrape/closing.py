"""What a crawl says at its end: a small table, and the last line."""

from typing import Final

from scrapy.statscollectors import StatsCollector

from aliscrape.coverage import coverage_of
from aliscrape.outcomes import Outcome, verdict

COUNTS: Final = {
    "pages": "pages/listing",
    "failed_pages": "pages/failed",
    "bytes": "downloader/response_bytes",
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

_NEXT: Final = {
    Outcome.DONE: "nothing: run it again tomorrow, for the history",
    Outcome.PARTIAL: "run it again later; what was good is stored",
    Outcome.EMPTY: "look at the listing in a browser: it may have moved",
    Outcome.BLOCKED: "wait some hours, then crawl less often and fewer pages",
    Outcome.NOT_UNDERSTOOD: "update aliscrape, or add the layout; failed pages are kept",
    Outcome.STORAGE_FAILED: "mend what the last line names, then run it again",
    Outcome.INTERRUPTED: "run it again; what was good is stored",
    Outcome.FORBIDDEN: "choose another listing, or ask the site's owners",
    Outcome.ALREADY_RUNNING: "wait for the other crawl to end",
}
_VISITS: Final = ("answered", "gone", "failed", "blocked")
_DROPPED: Final = "products/dropped/"


def counts(stats: StatsCollector) -> dict[str, int]:
    """How many pages were read and what became of the products that were found."""
    return {column: stats.get_value(key, 0) for column, key in COUNTS.items()}


def closing_table(stats: StatsCollector) -> str:
    """What became of what was found, where facts were missing, and what to do next."""
    outcome, _ = verdict(stats)
    count = counts(stats)
    rows = [
        ("found", f"{count['found']} on {count['pages']} pages"),
        (
            "stored",
            f"{count['new']} new, {count['changed']} changed, {count['unchanged']} unchanged",
        ),
        ("repeated", str(count["repeated"])),
        ("left out", f"{count['ignored']} deleted here, {count['failed']} not stored"),
        ("dropped", "; ".join(f"{number} {why}" for why, number in _dropped(stats)) or "0"),
        ("visited", ", ".join(f"{number} {how}" for how, number in _visits(stats)) or "0"),
        *((fact, f"{of['share']:.0%}") for fact, of in (coverage_of(stats) or {}).items()),
        ("next", _NEXT[outcome]),
    ]
    return "\n".join(f"  {name:<14} {value}" for name, value in rows)


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
    visited = sum(number for _, number in _visits(stats))
    if visited:
        parts.append(f"{visited} visited")
    return "; ".join(parts)


def _visits(stats: StatsCollector) -> list[tuple[str, int]]:
    numbers = ((how, stats.get_value(f"visits/{how}", 0)) for how in _VISITS)
    return [(how, number) for how, number in numbers if number]


def _dropped(stats: StatsCollector) -> list[tuple[str, int]]:
    return [
        (key.removeprefix(_DROPPED), number)
        for key, number in sorted(stats.get_stats().items())
        if key.startswith(_DROPPED)
    ]
