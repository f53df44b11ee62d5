"""The item and its loader."""

from itemloaders.processors import MapCompose, TakeFirst
from scrapy import Field, Item
from scrapy.loader import ItemLoader


class ProductItem(Item):
    """A product of the listing."""

    aliexpress_id = Field()
    title = Field()
    image_url = Field()
    price = Field()
    shipping_price = Field()
    star_rating = Field()
    units_sold = Field()
    store_name = Field()


class ProductLoader(ItemLoader):
    """Load a product from a card."""

    default_item_class = ProductItem
    default_input_processor = MapCompose(str.strip)
    default_output_processor = TakeFirst()
