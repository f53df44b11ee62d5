"""Follow redirects within the site, and stop at all others."""

from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from aliscrape.outcome import Outcome, StopCrawl
from aliscrape.pages.blocks import is_block_address, is_login
from aliscrape.site import NO_SUCH_PAGE, Site


class SiteRedirectMiddleware(RedirectMiddleware):
    """Follow redirects on the site only. A redirect to a login or a captcha is a block.

    The addresses that only pass cookies on are on the hosts for logins, but are no login.
    """

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        target = redirected.url
        if is_block_address(target):
            raise StopCrawl(
                Outcome.BLOCKED, f"The site redirected {request.url} to its block page."
            )
        site = Site.at(self.crawler.settings["SITE_URL"])
        if is_login(target) and not site.is_cookie_handshake(target):
            raise StopCrawl(Outcome.BLOCKED, f"The site wants a login for {request.url}.")
        if urlsplit(target).path.rstrip("/") == NO_SUCH_PAGE:
            raise StopCrawl(Outcome.PARTIAL, f"The site has no page at {request.url}.")
        if not site.has(target):
            raise StopCrawl(Outcome.PARTIAL, f"The site redirected {request.url} away to {target}.")
        followed = super()._redirect(redirected, request, reason)
        followed.dont_filter = True  # else a redirect to an earlier address is dropped silently
        return followed
