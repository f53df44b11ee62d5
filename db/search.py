"""Full-text search of product titles, with SQLite's FTS5. Triggers keep the words up to date.

This is the only query that depends on the kind of database.
"""

from collections.abc import Sequence
from typing import Any, Final

from peewee import Expression, Table

from db.models import Product

_titles: Final[Any] = Table("product_text", ("rowid", "product_text"), alias="titles")
"""The FTS5 index of the titles of products that are not deleted; `rowid` is the product's id."""


def match_text(words: Sequence[str]) -> str:
    """Return the FTS5 query for titles with all of the words, ignoring case and accents.

    Each word is quoted, so that none is read as FTS5 query syntax. Without words nothing matches.
    """
    return " ".join('"' + word.replace('"', '""') + '"' for word in words or [""])


def title_matches(query: Any) -> Expression:
    """Return the condition that a title matches a text of `match_text`."""
    match = Expression(_titles.product_text, "MATCH", query)
    condition: Expression = Product.id.in_(_titles.select(_titles.rowid).where(match))
    return condition
