"""Category and search pages, one class per layout; `read_listing` chooses."""

from aliscrape.pages.listing.choice import read_listing
from aliscrape.pages.listing.layouts import ListingPage

__all__ = ["ListingPage", "read_listing"]
