"""A catalog with every state that the pages show, and what reads a page in tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from parsel import Selector
from werkzeug.test import TestResponse

from db.catalog import Recorded, record_sightings
from db.crawls import finish_crawl, start_crawl
from db.database import database
from db.models import Product
from db.money import Money
from db.sightings import Sighting

SHOES = "Bags & Shoes > Men's Shoes > Casual Shoes"
PICTURE = "https://ae01.alicdn.com/kf/S{}.jpg"
LISTING = "https://www.aliexpress.com/category/1/casual-shoes.html"
FACTS = (
    "title", "image_url", "price", "shipping_price", "star_rating", "units_sold", "store_name",
)  # fmt: skip


def shoe(number: int, minor: int | None = 5000, currency: str = "USD", **facts: Any) -> Sighting:
    known: dict[str, Any] = {
        "aliexpress_id": str(1005006000000000 + number),
        "title": f"Canvas Shoe {number}",
        "url": f"https://www.aliexpress.com/item/{1005006000000000 + number}.html",
        "image_url": PICTURE.format(number),
        "price": None if minor is None else Money(minor, currency),
        "category": SHOES,
    }
    return Sighting(**(known | facts))


def crawl(days_ago: float, *seen: Sighting, outcome: str | None = "done", **facts: Any) -> int:
    """Store a crawl of so many days ago that saw these products; without an outcome it runs."""
    database.connect(reuse_if_open=True)
    began = datetime.now(UTC) - timedelta(days=days_ago)
    crawl_id = start_crawl("casual_shoes", at=began)
    recorded = record_sightings(crawl_id, seen, at=began) if seen else []
    row = {
        "listing": LISTING, "category": SHOES, "found": len(seen),
        "pages": 1,
        **{name: recorded.count(Recorded(name)) for name in ("new", "changed", "unchanged")},
        "coverage": {fact: {"share": 1.0, "from": {"card": len(seen)}} for fact in FACTS}
        if seen else None,
    } | facts  # fmt: skip
    if outcome is not None:
        finish_crawl(crawl_id, row | {"outcome": outcome}, at=began + timedelta(seconds=6.2))
    return crawl_id


def read(response: TestResponse) -> Selector:
    """Return the page of a response."""
    assert response.content_type == "text/html; charset=utf-8"
    return Selector(response.get_data(as_text=True))


def page(client: FlaskClient, url: str, status: int = 200) -> Selector:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)
    return read(response)


def texts(selector: Selector, css: str) -> list[str]:
    """Return the texts of the elements that match, white space folded."""
    return [" ".join("".join(found.css("::text").getall()).split()) for found in selector.css(css)]


def text(selector: Selector, css: str) -> str:
    (only,) = texts(selector, css)
    return only


def form_of(client: FlaskClient, product_id: int = 1) -> dict[str, str]:
    """Return the fields of the edit form as a browser would send them untouched."""
    form = page(client, f"/products/{product_id}").css("form[method=post]")
    return {
        field.attrib["name"]: field.attrib.get("value", "")
        for field in form.css("input[name]")
        if field.attrib.get("type") != "checkbox"
    }


def product(product_id: int = 1) -> Product:
    database.connect(reuse_if_open=True)
    stored: Product = Product.get_by_id(product_id)
    return stored
