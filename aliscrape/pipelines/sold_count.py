"""Read the number of units sold and the star rating of an item."""

from aliscrape.items import ProductItem
from aliscrape.parsers.star_rating import parse_star_rating
from aliscrape.parsers.units_sold import is_shown_as, parse_units_sold
from aliscrape.pipelines.run_pipeline import RunPipeline


class ParseSoldCountPipeline(RunPipeline):
    """Use the exact count of units sold unless the words contradict it, else parse the words."""

    def process_item(self, item: ProductItem) -> ProductItem:
        item.units_sold, source = item.units_sold_number, "number"
        if item.units_sold is not None and not is_shown_as(item.units_sold, item.units_sold_text):
            self.run.count("disagreements/units_sold")
            item.units_sold = None
        if item.units_sold is None:
            item.units_sold = parse_units_sold(item.units_sold_text)
            source = "unknown" if item.units_sold is None else "text"
        item.sources["units_sold"] = source
        self.run.count(f"{item.STATS_PREFIX}units_sold/{source}")
        return item


class StarRatingPipeline(RunPipeline):
    """Parse the star rating. An unrated product has none."""

    def process_item(self, item: ProductItem) -> ProductItem:
        item.star_rating = parse_star_rating(item.star_rating_text)
        source = "unknown" if item.star_rating is None else "text"
        self.run.count(f"{item.STATS_PREFIX}star_rating/{source}")
        return item
