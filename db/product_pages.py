"""What a product's own page changes in a product: it fills what the listing does not say."""

from dataclasses import dataclass
from typing import Any

from db.money import Money
from db.products import KnownProduct
from db.sightings import Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """What one product page says; None is what it does not say.

    `shipping_text` without `shipping_price` is a page that names shipping without a fee. The price
    counts only if no listing shows the product.
    """

    store_name: str | None = None
    shipping_price: Money | None = None
    shipping_text: str | None = None
    star_rating: float | None = None
    units_sold: int | None = None
    units_sold_text: str | None = None
    price: Money | None = None
    price_text: str | None = None
    price_condition: str | None = None
    sku_id: str | None = None
    list_price: Money | None = None


def sighting(product: KnownProduct, page: ProductPage) -> Sighting:
    """Return what a page says of a product that no listing shows, as a crawl's sighting of it.

    A page's store may be a pool of stores, so it only fills an unknown one. A page rounds the units
    sold down, so a lower number than the known one says nothing.
    """
    has_news = (page.units_sold or 0) > (product.units_sold or 0)
    return Sighting(
        aliexpress_id=str(product.aliexpress_id),
        redirected_id=product.redirected_id,
        title=product.title,
        price=page.price,
        price_text=page.price_text,
        price_condition=page.price_condition,
        sku_id=page.sku_id,
        list_price=page.list_price,
        shipping_price=page.shipping_price,
        shipping_text=page.shipping_text,
        star_rating=page.star_rating,
        units_sold=page.units_sold if has_news else None,
        units_sold_text=page.units_sold_text if has_news else None,
        store_name=page.store_name if product.store_name is None else None,
    )


def changes(product: KnownProduct, page: ProductPage) -> dict[str, dict[str, Any]]:
    """Return the columns that a page fills, by fact: those unknown so far and not protected."""
    stated = {name: {name: getattr(page, name)} for name in ("store_name", "star_rating")}
    stated["units_sold"] = {
        "units_sold": page.units_sold,
        "units_sold_text": page.units_sold_text,
    }
    stated["shipping_price"] = _shipping(product, page)
    return {
        fact: {column: value for column, value in columns.items() if value is not None}
        for fact, columns in stated.items()
        if getattr(page, fact) is not None and columns
        if fact not in product.edited_fields and _is_unknown(product, fact)
    }


def _is_unknown(product: KnownProduct, fact: str) -> bool:
    column = "shipping_price_minor" if fact == "shipping_price" else fact
    return getattr(product, column) is None


def _shipping(product: KnownProduct, page: ProductPage) -> dict[str, Any]:
    """Return the shipping price and its words, if the product's currency allows it."""
    price = page.shipping_price
    if price is None or product.currency not in {None, price.currency}:
        return {}
    columns = {"shipping_price_minor": price.minor, "shipping_text": page.shipping_text}
    if product.currency is None and "currency" not in product.edited_fields:
        columns["currency"] = price.currency
    return columns
