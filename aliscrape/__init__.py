"""The crawler: a Scrapy project that gathers products from AliExpress listings."""

__version__ = "0.1.0"
