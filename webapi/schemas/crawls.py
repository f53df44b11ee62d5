"""The representation of a crawl."""

from collections.abc import Mapping
from typing import Any, Final

from db.fields import format_instant
from db.models import Crawl
from webapi.schemas.fields import Field, instant, integer, string

CRAWL: Final[Mapping[str, Field]] = {
    "id": integer("the id", 1),
    "spider": string("which spider ran", "casual_shoes", nullable=False),
    "target": string("the listing requested", "https://www.aliexpress.com/w/shoes.html"),
    "listing": string("the listing read", "https://www.aliexpress.com/w/shoes.html"),
    "category": string("its path", "Bags & Shoes > Men's Shoes > Casual Shoes"),
    "locale": string("country, currency and language of its pages", "US USD en_US"),
    "started_at": instant("when it began"),
    "finished_at": instant("when it ended; null while it runs", nullable=True),
    "outcome": string("how it ended; null while it runs", "done"),
    "reason": string("why it ended", "The goal of 25 products is reached."),
    "advice": string("what to do next", "Nothing. Run it again tomorrow to extend the history."),
    "pages": integer("listing pages read", 1),
    "failed_pages": integer("pages that failed", nullable=True),
    "bytes": integer("bytes received", 580000, nullable=True),
    "found": integer("products on the pages", 25),
    "new": integer("of these: added", 20),
    "changed": integer("known, with a difference", 3),
    "unchanged": integer("known, without a difference", 2),
    "repeated": integer("already seen in this crawl"),
    "ignored": integer("deleted through the API"),
    "dropped": integer("without id or title"),
    "failed": integer("could not be stored"),
    "coverage": Field(
        {
            "type": "object",
            "description": "for each fact: the share of products that had it, and from which key",
            "additionalProperties": {
                "type": "object",
                "properties": {
                    "share": {"type": "number", "minimum": 0, "maximum": 1},
                    "from": {"type": "object", "additionalProperties": {"type": "integer"}},
                },
            },
            "example": {"price": {"share": 1.0, "from": {"prices.salePrice": 25}}},
        }
    ),
}


def represent_crawl(crawl: Crawl) -> dict[str, Any]:
    """Return a crawl as JSON."""
    return {name: getattr(crawl, name) for name in CRAWL} | {
        "started_at": format_instant(crawl.started_at),
        "finished_at": crawl.finished_at and format_instant(crawl.finished_at),
    }
