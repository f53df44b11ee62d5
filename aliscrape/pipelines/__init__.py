"""Item pipelines, in the order of the settings. Items of product pages take the same way."""

from aliscrape.pipelines.clean_price import CleanPricePipeline
from aliscrape.pipelines.dropping import DropDuplicatesPipeline, RequiredFieldsPipeline
from aliscrape.pipelines.sold_count import ParseSoldCountPipeline, StarRatingPipeline
from aliscrape.pipelines.store import StorePipeline

__all__ = [
    "CleanPricePipeline",
    "DropDuplicatesPipeline",
    "ParseSoldCountPipeline",
    "RequiredFieldsPipeline",
    "StarRatingPipeline",
    "StorePipeline",
]
