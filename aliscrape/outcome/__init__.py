"""How a crawl ends: outcomes, counts, coverage, summary and database record."""

from aliscrape.outcome.outcomes import Ending, Outcome, StopCrawl
from aliscrape.outcome.run import Run

__all__ = ["Ending", "Outcome", "Run", "StopCrawl"]
