"""How a crawl ends: outcomes, counts, coverage, summary, database record and lock."""

from aliscrape.outcome.outcomes import Ending, Outcome, StopCrawl
from aliscrape.outcome.run import Run

__all__ = ["Ending", "Outcome", "Run", "StopCrawl"]
