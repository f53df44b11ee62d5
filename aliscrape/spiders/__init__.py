"""The spiders: which pages are requested, and when a crawl has enough."""
