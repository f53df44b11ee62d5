"""Which listing layout a response is: the payload decides, and only without one is it a block."""

from scrapy.http import Response, TextResponse

from aliscrape.pages.blocks import is_block_page, is_block_reply
from aliscrape.pages.embedded import Json, read_json
from aliscrape.pages.errors import BlockedPage, UnknownLayout
from aliscrape.pages.listing.layouts import (
    InitDataListing,
    ListingPage,
    RunParamsListing,
    SearchReplyListing,
)
from aliscrape.site import Site


def read_listing(response: Response, site: Site) -> ListingPage:
    """The listing that a response is.

    Raises BlockedPage when the site blocks us and UnknownLayout when the page is something else
    or a known layout lacks a part.
    """
    if not isinstance(response, TextResponse):
        raise UnknownLayout(f"{response.url} is not text.")
    text = response.text
    reply = read_json(text) if text.lstrip().startswith("{") else None
    listing = _from_reply(reply, site) if reply is not None else _from_html(text, site)
    if listing is not None:
        return listing
    if is_block_reply(reply) or is_block_page(response.url, text):
        raise BlockedPage(f"The site answered {response.url} with its block page.")
    raise UnknownLayout(f"{response.url} is no listing in a layout that aliscrape knows.")


def _from_html(html: str, site: Site) -> ListingPage | None:
    for layout in (InitDataListing, RunParamsListing):
        fields = layout.find(html)
        if fields is not None:
            return layout(fields, site)
    return None


def _from_reply(reply: Json, site: Site) -> ListingPage | None:
    fields = SearchReplyListing.find(reply)
    if fields is not None:
        return SearchReplyListing(fields, site)
    return RunParamsListing(reply, site) if RunParamsListing.recognise(reply) else None
