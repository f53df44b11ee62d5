"""A crawl: how it ended, what it counted, and on what share of products each fact was."""

from collections.abc import Mapping
from typing import Any, Final

from db.models import Crawl
from webapi.schemas.fields import Field, Schema, instant, show, text

_COVERAGE: Final[Schema] = {
    "type": "object",
    "description": "for each fact the share of products that had it, and how many from where",
    "additionalProperties": {
        "type": "object",
        "properties": {
            "share": {"type": "number", "minimum": 0, "maximum": 1},
            "from": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    },
    "example": {"price": {"share": 1.0, "from": {"prices.salePrice": 25}}},
}


def _count(description: str, example: int = 0, *, nullable: bool = False) -> Field:
    schema = {"type": "integer", "minimum": 0, "description": description, "example": example}
    return Field(schema, nullable=nullable)


CRAWL: Final[Mapping[str, Field]] = {
    "id": Field({"type": "integer", "example": 1}, nullable=False),
    "spider": Field(text("which spider ran", "casual_shoes"), nullable=False),
    "target": Field(text("the listing asked for", "https://www.aliexpress.com/w/shoes.html")),
    "listing": Field(text("the listing read", "https://www.aliexpress.com/w/shoes.html")),
    "category": Field(text("its path", "Bags & Shoes > Men's Shoes > Casual Shoes")),
    "started_at": instant("when it began"),
    "finished_at": instant("when it ended; null while it runs", nullable=True),
    "outcome": Field(text("how it ended; null while it runs", "done")),
    "reason": Field(text("why it ended so", "The goal of 25 products is reached.")),
    "pages": _count("listing pages read", 1),
    "failed_pages": _count("pages that failed", nullable=True),
    "bytes": _count("bytes received", 580000, nullable=True),
    "found": _count("products on the pages", 25),
    "new": _count("of these: added", 20),
    "changed": _count("known, and something differed", 3),
    "unchanged": _count("known, and nothing differed", 2),
    "repeated": _count("seen before in this crawl"),
    "ignored": _count("deleted by a person"),
    "dropped": _count("left out, without id or title"),
    "failed": _count("could not be stored"),
    "coverage": Field(_COVERAGE),
}


def represent_crawl(crawl: Crawl) -> dict[str, Any]:
    """A crawl as JSON shows it."""
    return show(CRAWL, crawl)
