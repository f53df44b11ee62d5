"""Follow redirects within the site, and stop at all others."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from aliscrape.outcome import Outcome, StopCrawl
from aliscrape.pages.blocks import is_block_address, is_login
from aliscrape.site import Site


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follow redirects on the site only. A redirect to a login or a captcha is a block."""

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        target = redirected.url
        if is_block_address(target):
            raise StopCrawl(
                Outcome.BLOCKED, f"The site redirected {request.url} to its block page."
            )
        if is_login(target):
            raise StopCrawl(Outcome.BLOCKED, f"The site wants a login for {request.url}.")
        if not Site.at(self.crawler.settings["SITE_URL"]).has(target):
            raise StopCrawl(Outcome.PARTIAL, f"The site redirected {request.url} away to {target}.")
        followed = super()._redirect(redirected, request, reason)
        followed.dont_filter = True  # else a redirect to an earlier address is dropped silently
        return followed
