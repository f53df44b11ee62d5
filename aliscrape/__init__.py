"""The crawler: gathers products from AliExpress listings, politely and truthfully."""

__version__ = "0.1.0"
