"""What happens to an item, in the order of the settings: identify, clean, dedupe, store."""

from aliscrape.pipelines.cleaning import PricePipeline, UnitsSoldPipeline
from aliscrape.pipelines.identity import DuplicatesPipeline, IdentityPipeline
from aliscrape.pipelines.storing import StorePipeline

__all__ = [
    "DuplicatesPipeline",
    "IdentityPipeline",
    "PricePipeline",
    "StorePipeline",
    "UnitsSoldPipeline",
]
