"""What travels from page to database: one product, raw as shown and clean as understood."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(kw_only=True)
class ProductItem:
    """One product of a listing; None is what the page did not say or nobody can read.

    Page objects fill the raw fields: texts as shown, and the numbers that the payload carries
    beside them. Pipelines fill the clean ones. Amounts are in `currency`.
    """

    aliexpress_id: str | None
    """The global id."""
    title: str | None
    url: str | None = None
    image_url: str | None = None
    currency: str | None = None
    price: Decimal | None = None
    list_price: Decimal | None = None
    shipping_price: Decimal | None = None
    star_rating: Decimal | None = None
    units_sold: int | None = None
    store_name: str | None = None
    category: str | None = None

    price_text: str | None = None
    price_number: Decimal | None = None
    list_price_number: Decimal | None = None
    list_price_currency: str | None = None
    shipping_text: str | None = None
    units_sold_text: str | None = None
    units_sold_number: int | None = None

    sources: dict[str, str] = field(default_factory=dict)
    """For a fact that pipelines clean: whether the payload's "number" or its "text" gave it."""


EXPORTED_FIELDS = [
    "aliexpress_id",
    "title",
    "url",
    "image_url",
    "currency",
    "price",
    "list_price",
    "shipping_price",
    "star_rating",
    "units_sold",
    "store_name",
    "category",
    "price_text",
    "shipping_text",
    "units_sold_text",
]
"""The columns of `-O products.csv`."""
