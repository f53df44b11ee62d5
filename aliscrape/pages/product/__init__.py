"""Product pages: the embedded layouts of 2019 to 2024, and the reply that fills empty shells."""

from aliscrape.pages.product.layouts import (
    NotSoldHere,
    OtherProduct,
    ProductAbsent,
    ProductGone,
    read_page,
    read_reply,
)
from aliscrape.pages.product.prices import chosen_price

__all__ = [
    "NotSoldHere",
    "OtherProduct",
    "ProductAbsent",
    "ProductGone",
    "chosen_price",
    "read_page",
    "read_reply",
]
