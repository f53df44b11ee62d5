"""Full-text search of product titles, with SQLite's FTS5. Triggers keep the words up to date.

This is the only query that depends on the kind of database.
"""

from collections.abc import Sequence
from typing import Any, Final

from peewee import Expression, Table

from db.models import Product

_titles: Final[Any] = Table("product_text", ("rowid", "product_text"), alias="titles")
"""The FTS5 index of the titles of products that are not deleted; `rowid` is the product's id."""


def title_matches(words: Sequence[str]) -> Expression:
    """Return the condition that a title contains all of the words, ignoring case and accents.

    Each word is quoted, so that none is read as FTS5 query syntax. Without words nothing matches.
    """
    query = " ".join('"' + word.replace('"', '""') + '"' for word in words or [""])
    match = Expression(_titles.product_text, "MATCH", query)
    condition: Expression = Product.id.in_(_titles.select(_titles.rowid).where(match))
    return condition
