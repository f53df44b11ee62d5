"""Summary printed at the end of a crawl: a table and one final line."""

from collections.abc import Mapping
from typing import Final

from aliscrape.outcome.category import confirmed_share
from aliscrape.outcome.coverage import coverage_of
from aliscrape.outcome.outcomes import Outcome
from aliscrape.outcome.run import Run

PRODUCT_COUNTS: Final = "found new changed unchanged repeated ignored dropped failed".split()
"""What became of products: columns of the crawl's row, and counters `products/...`."""

_PRODUCT_PAGES: Final = ("read", "gone", "not sold here", "failed", "blocked")
_DROPPED: Final = "products/dropped/"
_DISAGREEMENTS: Final = "disagreements/"


def counts_of(run: Run) -> dict[str, int]:
    """Return the counts of pages and products by the column of the crawl's row."""
    pages = {"pages": run.counts["pages/listing"], "failed_pages": run.counts["pages/failed"]}
    return pages | {name: run.counts[f"products/{name}"] for name in PRODUCT_COUNTS}


def summary_table(run: Run) -> str:
    """Return the table: what was found and stored, the coverage of each fact, and the advice."""
    count = counts_of(run)
    stored = ", ".join(f"{count[name]} {name}" for name in ("new", "changed", "unchanged"))
    rows = [
        ("found", f"{count['found']} on {count['pages']} pages"),
        ("stored", stored),
        *_category(run),
        ("repeated", str(count["repeated"])),
        ("left out", f"{count['ignored']} deleted here, {count['failed']} not stored"),
        ("dropped", _phrase(run.counted(_DROPPED), "; ")),
        ("disagreements", _phrase(run.counted(_DISAGREEMENTS))),
        ("product pages", _phrase(_product_pages(run))),
        *((fact, f"{of['share']:.0%}") for fact, of in (coverage_of(run) or {}).items()),
        ("next", run.outcome.advice),
    ]
    return "\n".join(f"  {name:<14} {value}" for name, value in rows)


def last_line(run: Run) -> str:
    """Return the last line of the log: the outcome, the counts and the reason."""
    outcome, reason = run.ending
    words = f"Crawl {outcome.words} (exit code {outcome.exit_code}): {counts_text(run)}. {reason}"
    return f"{words} {outcome.advice}" if outcome is Outcome.BLOCKED else words


def counts_text(run: Run) -> str:
    """Return the counts as a phrase, such as "0 new, 25 known (22 changed)"."""
    count = counts_of(run)
    known = count["changed"] + count["unchanged"]
    changed = f" ({count['changed']} changed)" if count["changed"] else ""
    text = f"{count['new']} new, {known} known{changed}"
    if run.outcome is Outcome.DONE and count["pages"] and known and not count["new"]:
        text += f". For {known} more products: -a new={known}"
    parts = [text]
    if count["ignored"]:
        parts.append(f"{count['ignored']} left out because they were deleted here")
    parts += [f"{number} dropped: {reason}" for reason, number in run.counted(_DROPPED).items()]
    if count["failed"]:
        parts.append(f"{count['failed']} not stored")
    pages = sum(_product_pages(run).values())
    if pages:
        parts.append(f"{pages} product pages")
    return "; ".join(parts)


def _category(run: Run) -> list[tuple[str, str]]:
    """Return the row about the cards that name the category of the listing, if it is of one."""
    cards, share = run.counts["category/cards"], confirmed_share(run)
    if not cards:
        return []
    if share is None:
        return [("in category", "the cards name no category")]
    return [("in category", f"{share:.0%} ({run.counts['category/confirmed']} of {cards} cards)")]


def _product_pages(run: Run) -> dict[str, int]:
    counts = run.counted("product_pages/")
    return {what: counts[what] for what in _PRODUCT_PAGES if what in counts}


def _phrase(counts: Mapping[str, int], mark: str = ", ") -> str:
    return mark.join(f"{number} {what}" for what, number in counts.items()) or "0"
