"""What a product's own page changes in a product: it fills what the listing does not say.

Its price counts only if no listing shows the product.
"""

from typing import Any

from db.products import KnownProduct
from db.sightings import PageFacts, Sighting


def sighting(product: KnownProduct, page: PageFacts) -> Sighting:
    """Return what a page says of a product that no listing shows, as a crawl's sighting of it.

    A page's store may be a pool of stores, so it only fills an unknown one. A page rounds the units
    sold down, so a lower number than the known one says nothing.
    """
    facts = {name: getattr(page, name) for name in PageFacts.__slots__}
    if (page.units_sold or 0) <= (product.units_sold or 0):
        facts |= {"units_sold": None, "units_sold_text": None}
    if product.store_name is not None:
        facts["store_name"] = None
    return Sighting(
        aliexpress_id=str(product.aliexpress_id),
        redirected_id=product.redirected_id,
        title=product.title,
        **facts,
    )


def changes(product: KnownProduct, page: PageFacts) -> dict[str, dict[str, Any]]:
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


def _shipping(product: KnownProduct, page: PageFacts) -> dict[str, Any]:
    """Return the shipping price and its words, if the product's currency allows it."""
    price = page.shipping_price
    if price is None or product.currency not in {None, price.currency}:
        return {}
    columns = {"shipping_price_minor": price.minor, "shipping_text": page.shipping_text}
    if product.currency is None and "currency" not in product.edited_fields:
        columns["currency"] = price.currency
    return columns
