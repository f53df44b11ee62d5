"""On what share of a crawl's products each fact was found, and whether that share has fallen."""

from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from aliscrape.items import FACTS
from aliscrape.outcome.run import Run

Coverage = dict[str, dict[str, Any]]
"""For each fact its `share`, from 0 to 1, and `from`: the number of values from each source."""

FEWEST_PRODUCTS: Final = 10
"""Fewer products say nothing about a layout."""
USUAL: Final = 0.3
"""Facts that are usually on fewer products than this share come and go by chance."""
FAR_BELOW: Final = 0.5
"""Less than this part of the usual share means a changed layout rather than other products."""
LAST_CRAWLS: Final = 5
ALWAYS: Final = ("price", "image_url")
"""Facts that were on each of 1,881 saved cards, so that a first crawl can miss them too."""


def coverage_of(run: Run) -> Coverage | None:
    """Return the coverage of each fact, or None if no product was stored."""
    products = run.counts["coverage/products"]
    if not products:
        return None
    coverage = {}
    for fact in FACTS:
        sources = run.counted(f"coverage/{fact}/")
        coverage[fact] = {"share": round(sum(sources.values()) / products, 4), "from": sources}
    return coverage


def fallen_facts(now: Coverage | None, before: Sequence[Coverage], products: int) -> list[str]:
    """Describe the facts whose share is far below that of earlier crawls."""
    if now is None or products < FEWEST_PRODUCTS:
        return []
    fallen = []
    for fact in FACTS:
        shares = [_listing_share(crawl[fact]) for crawl in before if fact in crawl]
        usual = 1.0 if fact in ALWAYS else median(shares or [0.0])
        share = _listing_share(now[fact])
        if usual >= USUAL and share < usual * FAR_BELOW:
            fallen.append(f"{fact} is on {share:.0%} of the products, usually on {usual:.0%}")
    return fallen


def _listing_share(coverage: dict[str, Any]) -> float:
    """Return the share without product pages, which are not read again by every crawl."""
    sources = coverage["from"]
    total = sum(sources.values())
    from_listing = total - sources.get("product page", 0)
    return float(coverage["share"]) * from_listing / total if total else 0.0
