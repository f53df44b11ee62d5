"""The crawls: the line above the products, the rows of the crawls page, and its chart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from db.models import Crawl
from webapi.pages import words
from webapi.pages.words import When

RUNNING: Final = "running"
DONE: Final = "done"

_KINDS: Final[Mapping[str, str]] = {
    DONE: "good",
    RUNNING: "running",
    "partial": "warning",
    "empty": "warning",
    "interrupted": "warning",
    "forbidden by robots.txt": "warning",
}
"""The colour and shape of an outcome; every other one is "bad"."""
_SENTENCES: Final[Mapping[str, str]] = {
    "partial": "The last crawl failed in part {}.",
    "empty": "The last crawl found an empty listing {}.",
    "blocked": "The last crawl was blocked {}.",
    "not understood": "The last crawl did not understand a page {}.",
    "storage failed": "The last crawl could not store products {}.",
    "interrupted": "The last crawl was interrupted {}.",
    "forbidden by robots.txt": "The last crawl was forbidden by robots.txt {}.",
    "crashed": "The last crawl crashed {}.",
}
FACTS: Final[Mapping[str, str]] = {
    "title": "Title",
    "image_url": "Picture",
    "price": "Price",
    "shipping_price": "Shipping",
    "star_rating": "Stars",
    "units_sold": "Sold",
    "store_name": "Store",
}
_USUAL: Final = 0.3
_FAR_BELOW: Final = 0.5
"""A fact that was on this share of the products before and is now on less than half of that is
missing suddenly. The crawler judges by the same shares when it calls a crawl partial."""


@dataclass(frozen=True, slots=True)
class LastCrawl:
    """What the product list says of the last crawl."""

    id: int
    kind: str
    outcome: str
    sentence: str
    counts: str
    reason: str
    advice: str
    ended: When
    running_for: str
    last_good: When | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its noun."""

    number: int
    noun: str


@dataclass(frozen=True, slots=True)
class Bar:
    """On what share of a crawl's products a fact was, in whole per cent."""

    label: str
    percent: int
    is_missing_suddenly: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A row of the crawls page."""

    id: int
    kind: str
    outcome: str
    began: When
    counts: Sequence[Count]
    duration: str
    category: str
    country: str
    """As "DE EUR"; "" where it is unknown."""
    listing: str | None
    reason: str
    advice: str
    bars: Sequence[Bar]


def outcome_of(crawl: Any) -> str:
    """Return the API's word for how a crawl ended, or "running"."""
    return crawl.outcome or RUNNING


def kind_of(outcome: str) -> str:
    """Return "good", "running", "warning" or "bad"."""
    return _KINDS.get(outcome, "bad")


def last_crawl(crawl: Any, good_at: datetime | None, now: datetime) -> LastCrawl:
    """Return what is said of the last crawl; `good_at` is when the last good one ended."""
    outcome = outcome_of(crawl)
    ended = words.when(crawl.finished_at or crawl.started_at, now)
    length = words.relative(crawl.started_at, now).removesuffix(" ago")
    return LastCrawl(
        id=crawl.id,
        kind=kind_of(outcome),
        outcome=outcome,
        sentence=_SENTENCES.get(outcome, "The last crawl ended as “" + outcome + "” {}.").format(
            ended.relative
        ),
        counts=f"{crawl.changed:,} changed, {crawl.new:,} new",
        reason=crawl.reason or "",
        advice=advice_of(crawl),
        ended=ended,
        running_for="a moment" if length == "just now" else length,
        last_good=None if good_at is None else words.when(good_at, now),
    )


def runs(crawls: Sequence[Crawl], now: datetime) -> list[Run]:
    """Return the rows of crawls, which are in order, newest first."""
    return [
        _run(crawl, _coverage_before(crawl, crawls[number + 1 :]), now)
        for number, crawl in enumerate(crawls)
    ]


def advice_of(crawl: Any) -> str:
    """Return what to do after a crawl that did not end well, else ""."""
    is_good = outcome_of(crawl) in {DONE, RUNNING}
    return "" if is_good else crawl.advice or ""


def outcomes_in_words(crawls: Sequence[Crawl]) -> str:
    """Return how some crawls ended.

    >>> outcomes_in_words([Crawl(outcome="done"), Crawl(outcome="blocked"), Crawl(outcome="done")])
    '2 done, 1 blocked'
    """
    counted = Counter(outcome_of(crawl) for crawl in crawls)
    return ", ".join(f"{number} {outcome}" for outcome, number in counted.most_common())


def _run(crawl: Crawl, before: Mapping[str, Any], now: datetime) -> Run:
    outcome = outcome_of(crawl)
    end = crawl.finished_at or now
    path = (crawl.category or "").split(" > ")
    return Run(
        id=crawl.id,
        kind=kind_of(outcome),
        outcome=outcome,
        began=words.when(crawl.started_at, now),
        counts=_counts(crawl),
        duration=words.duration(end - crawl.started_at),
        category=path[-1] or crawl.spider,
        country=" ".join((crawl.locale or "").split()[:2]),
        listing=crawl.listing or crawl.target,
        reason=crawl.reason or "",
        advice=advice_of(crawl),
        bars=_bars(crawl.coverage or {}, before),
    )


def _counts(crawl: Crawl) -> list[Count]:
    """Return the counts that are always there, and of the others those above zero."""
    always = [Count(crawl.found, "found")]
    if crawl.found:
        always += [Count(getattr(crawl, noun), noun) for noun in ("new", "changed", "unchanged")]
    others = {
        "repeated": crawl.repeated,
        "deleted here": crawl.ignored,
        "dropped": crawl.dropped,
        "not stored": crawl.failed,
        "pages failed": crawl.failed_pages or 0,
    }
    return always + [Count(number, noun) for noun, number in others.items() if number]


def _coverage_before(crawl: Crawl, older: Sequence[Crawl]) -> Mapping[str, Any]:
    """Return the coverage of the last good crawl of the same listing, as far as it is known."""
    for other in older:
        same = _pages_of(other) == _pages_of(crawl)
        if same and other.outcome == DONE and other.coverage:
            coverage: Mapping[str, Any] = other.coverage
            return coverage
    return {}


def _pages_of(crawl: Crawl) -> tuple[str, str | None, str | None]:
    """Return which pages a crawl has read: those of another country have other facts."""
    return crawl.spider, crawl.listing, crawl.locale


def _bars(coverage: Mapping[str, Any], before: Mapping[str, Any]) -> list[Bar]:
    return [
        Bar(label, round(coverage[fact]["share"] * 100), _is_missing(coverage, before, fact))
        for fact, label in FACTS.items()
        if fact in coverage
    ]


def _is_missing(coverage: Mapping[str, Any], before: Mapping[str, Any], fact: str) -> bool:
    if fact not in before:
        return False
    usual, share = _on_listing(before[fact]), _on_listing(coverage[fact])
    return usual >= _USUAL and share < usual * _FAR_BELOW


def _on_listing(fact: Mapping[str, Any]) -> float:
    """Return the share without what product pages said: they are read once, not in each crawl."""
    sources: Mapping[str, int] = fact.get("from") or {}
    total = sum(sources.values())
    listed = total - sources.get("product page", 0)
    return float(fact["share"]) * listed / total if total else float(fact["share"])
