"""Pure functions that parse the texts of a page. What cannot be read is None."""

from aliscrape.parsers.price import Price, excludes_currency, parse_price
from aliscrape.parsers.shipping import Shipping, ShippingTerms, parse_shipping
from aliscrape.parsers.star_rating import parse_star_rating
from aliscrape.parsers.units_sold import is_shown_as, parse_units_sold

__all__ = [
    "Price",
    "Shipping",
    "ShippingTerms",
    "excludes_currency",
    "is_shown_as",
    "parse_price",
    "parse_shipping",
    "parse_star_rating",
    "parse_units_sold",
]
