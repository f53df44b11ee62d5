"""Entity tags of products, for If-Match and If-None-Match (RFC 9110, section 13)."""

import re
from collections.abc import Collection
from hashlib import blake2b
from typing import Any, Final

from db.models import Product
from db.rows import stored_values
from webapi.errors import EditConflict, InvalidHeader

ANY: Final = "*"

COLUMNS: Final = ("version", "updated_at", "last_seen_at")
"""The columns of a product that its entity tag is made of."""

_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS: Final = re.compile(rf"\s*(?:\*|{_TAG}(?:\s*,\s*{_TAG})*)\s*")


def entity_tag(product: Any) -> str:
    """Return the strong entity tag of a product or its row, with its quotes.

    Each visible write increases the version. The instants of the last edit and the last crawl are
    part of the tag, so that a database restored from a backup never repeats a tag for other
    content: its version numbers start again from the backup, but time does not.
    """
    version, updated_at, seen_at = stored_values(product, COLUMNS)
    instants = f"{updated_at} {seen_at or updated_at}"
    return f'"{version}-{blake2b(instants.encode(), digest_size=6).hexdigest()}"'


def parse_if_match(header: str | None) -> Collection[str] | None:
    """Return the entity tags of an If-Match header, or None without a header.

    Raises InvalidHeader for an empty or malformed one.
    """
    if header is None:
        return None
    if not _TAGS.fullmatch(header):
        raise InvalidHeader('If-Match must be * or a list of entity tags like "3-0123456789ab".')
    return re.findall(_TAG, header) or [ANY]


def require_match(product: Product, if_match: Collection[str] | None) -> None:
    """Raise EditConflict unless If-Match names the product as it is. Weak tags never match."""
    if if_match is None or ANY in if_match or entity_tag(product) in if_match:
        return
    raise EditConflict(
        f"Product {product.id} has changed since you fetched it. Fetch it and try again."
    )


def is_not_modified(tag: str, if_none_match: str) -> bool:
    """Return whether If-None-Match names the tag of a product as it is. Weak tags match here."""
    if if_none_match == tag:
        return True
    tags = [one.removeprefix("W/") for one in re.findall(_TAG, if_none_match)]
    return if_none_match.strip() == ANY or tag in tags
