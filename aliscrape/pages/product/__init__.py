"""Product pages: the embedded layouts of 2019 to 2024, and the reply that shells are drawn from."""

from aliscrape.pages.product.choice import ProductGone, read_page, read_reply
from aliscrape.pages.product.facts import ProductFacts

__all__ = ["ProductFacts", "ProductGone", "read_page", "read_reply"]
