"""Scrapy items: one product as a page shows it, with raw fields and the values they mean."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final

FACTS: Final = "title image_url price shipping_price star_rating units_sold store_name".split()
"""The seven facts of the mission. Every crawl reports on how many products it found each."""


@dataclass(kw_only=True)
class ProductItem:
    """One product of a listing; None means that the page does not say it or nobody can read it.

    Page objects fill the raw fields: texts as shown, and the numbers that the payload carries
    beside them. Pipelines fill the clean fields. All amounts are in `currency`.
    """

    REQUIRED: ClassVar[tuple[str, ...]] = ("aliexpress_id", "title")
    STATS_PREFIX: ClassVar[str] = ""

    aliexpress_id: str | None
    """The global id."""
    redirected_id: str | None = None
    """The id of the page to which the site redirects the product's own address."""
    title: str | None = None
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
    price_condition: str | None = None
    """The words where the price is for some buyers only, such as "New shoppers save US $5"."""
    sku_id: str | None = None
    price_number: Decimal | None = None
    list_price_text: str | None = None
    list_price_number: Decimal | None = None
    list_price_currency: str | None = None
    shipping_text: str | None = None
    """The words about shipping, such as "Free shipping over US $10"."""
    shipping_fee_text: str | None = None
    """A bare amount that is the shipping fee, such as "US $2.99"."""
    shipping_number: Decimal | None = None
    star_rating_text: str | None = None
    units_sold_text: str | None = None
    units_sold_number: int | None = None

    sources: dict[str, str] = field(default_factory=dict)
    """For a fact that pipelines clean: whether the payload's "number" or its "text" gave it."""

    @property
    def missing_field(self) -> str | None:
        """The first required field that is unknown, or None if the item can be stored."""
        return next((name for name in self.REQUIRED if not getattr(self, name)), None)


class Absence(StrEnum):
    """Why a product page shows no product."""

    GONE = "gone"
    """The site says that there is no such product."""
    NOT_SOLD_HERE = "not sold here"
    """The site says that it exists, or does not say that it does not."""


@dataclass(frozen=True, kw_only=True)
class VariantPrice:
    """What a product page says of the price of one variant, by the names of an item's fields."""

    sku_id: str | None
    currency: str | None
    price_text: str | None
    price_number: Decimal | None
    list_price_text: str | None
    list_price_number: Decimal | None
    price_condition: str | None = None


@dataclass(kw_only=True)
class ProductPageItem(ProductItem):
    """The same product as its own page shows it, read for what the listing does not say."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("aliexpress_id",)
    STATS_PREFIX: ClassVar[str] = "product_pages/"

    absence: Absence | None = None
    """Why the page shows no product, None if it shows one."""
    layout: str | None = None
    variants: list[VariantPrice] = field(default_factory=list)
    """The prices that the page states. A listing's price goes before them."""
    is_followed: bool = False
    """Whether the page is all that this crawl reads of a product, which no listing shows."""


EXPORTED_FIELDS: Final = (
    "aliexpress_id title url image_url currency price list_price shipping_price star_rating "
    "units_sold store_name category price_text price_condition sku_id shipping_text units_sold_text"
).split()
"""The columns of `-O products.csv`."""
