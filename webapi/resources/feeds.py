"""The Atom feed of price drops (RFC 4287), for feed readers."""

from typing import Any, Final
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, request, url_for

from db.fields import format_instant
from db.money import Money
from webapi.schemas.query_parameters import refuse_parameters
from webapi.services.price_drops import PriceDrop, newest_price_drops

ATOM: Final = "http://www.w3.org/2005/Atom"
MEDIA_TYPE: Final = "application/atom+xml"
ENTRIES: Final = 50

_NAMESPACE: Final = UUID("6f1c2d53-6d0e-4f5a-9c1b-0d5a8e2f7b41")
"""Random, but constant: ids made with it are the same after each start."""
_EPOCH: Final = "1970-01-01T00:00:00Z"
"""When a feed without entries was updated: Atom requires an instant."""

feeds = Blueprint("feeds", __name__, url_prefix="/feeds")


@feeds.get("/price-drops.atom")
def price_drops() -> Response:
    """Return the newest price drops, one entry for the last drop of each product."""
    refuse_parameters(request)
    feed = render(newest_price_drops(ENTRIES))
    response = Response(feed, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.add_etag()
    response.make_conditional(request)
    return response


def render(drops: list[PriceDrop]) -> bytes:
    """Return the feed as XML.

    Feed readers keep entries without their feed, so links are absolute. Their host is the one that
    was requested, which is one of the trusted ones.
    """
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", uuid5(_NAMESPACE, "price-drops").urn)
    _add(feed, "title", "Price drops that crawls of AliExpress saw")
    _add(feed, "updated", format_instant(drops[0].at) if drops else _EPOCH)
    _add(feed, "link", rel="self", href=_link("feeds.price_drops"), type=MEDIA_TYPE)
    _add(feed, "link", rel="alternate", href=_link("pages.products"), type="text/html")
    _add(_add(feed, "author"), "name", "aliscrape")
    for drop in drops:
        _add_entry(feed, drop)
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(feed: ET.Element, drop: PriceDrop) -> None:
    product = drop.product
    entry = _add(feed, "entry")
    at = format_instant(drop.at)
    _add(entry, "id", uuid5(_NAMESPACE, f"{product.id} {product.created_at} {at}").urn)
    _add(entry, "title", f"{_text(drop.later)} instead of {_text(drop.earlier)}: {product.title}")
    _add(entry, "updated", at)
    page = _link("pages.product", product_id=product.id)
    _add(entry, "link", rel="alternate", href=product.url or page)
    _add(entry, "link", rel="related", href=page, title="Price history")
    saved = Money(drop.earlier.minor - drop.later.minor, drop.later.currency)
    _add(entry, "summary", f"{_text(saved)} less, seen {at}.")


def _link(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, _external=True, **values)


def _text(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = None if text is None else "".join(filter(_is_xml, text))
    return element


def _is_xml(character: str) -> bool:
    """Return whether XML 1.0 (section 2.2) allows a character. It forbids control characters."""
    return character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")
