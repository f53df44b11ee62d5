"""Redirects within the site, and what it means to be sent elsewhere."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from aliscrape.outcomes import Outcome, Refusal
from aliscrape.pages.blocks import PUNISH_PATH, is_login
from aliscrape.site import Site


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follows redirects on the site only; to be sent to a login or a captcha is to be blocked."""

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        target = redirected.url
        if PUNISH_PATH in target:
            raise Refusal(Outcome.BLOCKED, f"The site sent {request.url} to its block page.")
        if is_login(target):
            raise Refusal(Outcome.BLOCKED, f"The site wants a login for {request.url}.")
        if not Site.at(self.crawler.settings["SITE_URL"]).has(target):
            raise Refusal(Outcome.PARTIAL, f"The site sent {request.url} away to {target}.")
        followed = super()._redirect(redirected, request, reason)
        followed.dont_filter = True  # else a redirect to an address asked before is lost in silence
        return followed
