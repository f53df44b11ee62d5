"""Downloader middlewares: how requests are sent, and which responses are accepted."""

from aliscrape.middlewares.integrity import IntegrityMiddleware
from aliscrape.middlewares.redirects import SiteRedirectMiddleware
from aliscrape.middlewares.retry_after import RetryAfterMiddleware
from aliscrape.middlewares.robots import RobotsMiddleware
from aliscrape.middlewares.visitor_headers import VisitorHeadersMiddleware

__all__ = [
    "IntegrityMiddleware",
    "RetryAfterMiddleware",
    "RobotsMiddleware",
    "SiteRedirectMiddleware",
    "VisitorHeadersMiddleware",
]
