"""On what share of a crawl's products each fact was, and whether that fell since the last ones."""

from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from scrapy.statscollectors import StatsCollector

from aliscrape.pipelines.storing import FACTS

Coverage = dict[str, dict[str, Any]]
"""For each fact `share`, from 0 to 1, and `from`, how many came from where."""

FEWEST_PRODUCTS: Final = 10
"""Fewer say nothing about a layout."""
USUAL: Final = 0.3
"""A fact that fewer products usually have comes and goes by chance."""
FAR_BELOW: Final = 0.5
"""Of the usual share; less is a layout that has changed rather than other products."""
LAST_CRAWLS: Final = 5


def coverage_of(stats: StatsCollector) -> Coverage | None:
    """What the crawl's stats say, or None where no product was stored."""
    products = stats.get_value("coverage/products", 0)
    if not products:
        return None
    return {fact: _fact(stats, fact, products) for fact in FACTS}


def fallen_facts(now: Coverage | None, before: Sequence[Coverage], products: int) -> list[str]:
    """The facts whose share is far below that of the crawls before, in words."""
    if now is None or not before or products < FEWEST_PRODUCTS:
        return []
    fallen = []
    for fact in FACTS:
        usual = median(_on_listing(crawl[fact]) for crawl in before if fact in crawl)
        share = _on_listing(now[fact])
        if usual >= USUAL and share < usual * FAR_BELOW:
            fallen.append(f"{fact} is on {share:.0%} of the products, usually on {usual:.0%}")
    return fallen


def _on_listing(fact: dict[str, Any]) -> float:
    """The share without what product pages told: they are visited once, not by every crawl."""
    sources = fact["from"]
    total = sum(sources.values())
    listed = total - sources.get("product page", 0)
    return float(fact["share"]) * listed / total if total else 0.0


def _fact(stats: StatsCollector, fact: str, products: int) -> dict[str, Any]:
    prefix = f"coverage/{fact}/"
    sources = {
        key.removeprefix(prefix): number
        for key, number in sorted(stats.get_stats().items())
        if key.startswith(prefix)
    }
    return {"share": round(sum(sources.values()) / products, 4), "from": sources}
