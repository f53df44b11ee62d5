"""How the site is asked, and what of its answers is let through."""

from aliscrape.middlewares.integrity import IntegrityMiddleware
from aliscrape.middlewares.locale import LocaleCookieMiddleware
from aliscrape.middlewares.patience import PatienceMiddleware
from aliscrape.middlewares.redirects import SiteRedirectMiddleware
from aliscrape.middlewares.robots import RobotsMiddleware

__all__ = [
    "IntegrityMiddleware",
    "LocaleCookieMiddleware",
    "PatienceMiddleware",
    "RobotsMiddleware",
    "SiteRedirectMiddleware",
]
