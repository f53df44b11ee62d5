"""Category and search pages, one class per layout; `read_listing` chooses the class."""

from aliscrape.pages.listing.layouts import ListingPage, PageInfo, read_listing

__all__ = ["ListingPage", "PageInfo", "read_listing"]
