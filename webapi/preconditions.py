"""Strong entity tags of products, and the conditions that requests make on them (RFC 9110)."""

from hashlib import blake2b
from typing import Final

from werkzeug.datastructures import ETags

from db.curation import Expectation
from db.fields import format_instant
from db.models import Product
from webapi.errors import EditConflict
from webapi.schemas.products import FIELDS

_SHAPE: Final = " ".join(FIELDS)


def entity_tag(product: Product) -> str:
    """What tells one state of a product from all others, those of other databases included.

    Every write counts the version up; when it was made and the fields of its representation make
    the rest, so that neither a new database nor a new release gives an old tag again.
    """
    made = f"{format_instant(product.created_at)} {_SHAPE}"
    return f"{product.version}-{blake2b(made.encode(), digest_size=6).hexdigest()}"


def is_match(tags: ETags) -> Expectation:
    """What If-Match expects of a product; without that header, nothing.

    Raises EditConflict. Weak tags never match (RFC 9110, 13.1.1).
    """

    def expect(product: Product) -> None:
        if tags and entity_tag(product) not in tags:
            raise EditConflict(
                f"Product {product.id} is not the one that If-Match names: it has been changed "
                "since. Fetch it and try again."
            )

    return expect


def is_known(product: Product, tags: ETags) -> bool:
    """Whether If-None-Match names the product as it is."""
    return bool(tags) and tags.contains_weak(entity_tag(product))
