"""What the browser looks at: a catalog with every state that the pages show."""

from datetime import UTC, datetime, timedelta
from typing import Any

from db.catalog import record_sightings
from db.curation import create_product, edit_product
from db.models import Product
from db.money import Money
from db.sightings import Sighting
from tests.mockshop.catalogue import SHOES, Shoe
from tests.mockshop.pages import picture_path
from tests.webapi.html.catalog import FACTS, LISTING, crawl

CATEGORY = "Bags & Shoes > Men's Shoes > Casual Shoes"
DAYS = 12
PLAIN = 40
"""Products without anything odd, more than one page of them."""
LONG_HISTORY = 7
"""The product with more steps than take the focus without a script."""


def store_catalog(shop: str) -> None:
    """Store crawls of some days, the last of them blocked."""
    for day in range(DAYS, 0, -1):
        _crawl(day, [_plain(shop, shoe, DAYS - day) for shoe in SHOES[:PLAIN]] + _odd(shop, day))
    for hour in range(80):
        number = str(SHOES[LONG_HISTORY - 1].id)
        price = Money(5000 + hour % 2 * 100, "USD")
        seen = Sighting(aliexpress_id=number, title="Shoe of many prices", price=price)
        record_sightings(1, [seen], at=datetime.now(UTC) - timedelta(hours=20, minutes=-hour))
    crawl(
        2.5 / 24, outcome="blocked", reason="The site answered page 1 with its captcha.",
        advice="Wait some hours, then crawl less often and fewer pages.", category=CATEGORY,
    )  # fmt: skip
    create_product(
        {"title": "Seen in town", "currency": "GBP", "price": Money(4990, "GBP").amount}, None
    )
    edited = Product.get_by_id(2)
    edit_product(edited, {"store_name": "Walk & Wander"})
    edit_product(
        Product.get(Product.title == "Picture of a stranger"),
        {"image_url": "https://tracker.example/pixel.gif"},
    )


def _crawl(day: int, seen: list[Sighting]) -> None:
    coverage = {
        fact: {"share": 0.4 if "price" in fact else 1.0, "from": {"card": 25}} for fact in FACTS
    }
    crawl(
        day - 0.1, *seen, outcome="partial" if day == 4 else "done", listing=LISTING,
        category=CATEGORY,
        reason="2 of 11 product pages could not be read." if day == 4 else "The goal is reached.",
        advice="Run it again later. What was good is stored.", coverage=coverage,
    )  # fmt: skip


def _plain(shop: str, shoe: Shoe, day: int) -> Sighting:
    price, usual = round(shoe.price(day) * 100), round(shoe.usual_price * 100)
    free = shoe.shipping == 0
    return Sighting(
        aliexpress_id=str(shoe.id),
        title=shoe.title,
        url=f"{shop}/item/{shoe.id}.html",
        image_url=f"{shop}{picture_path(shoe)}",
        price=Money(price, "USD"),
        price_text=f"US ${price / 100:.2f}",
        list_price=Money(usual, "USD") if price < usual else None,
        shipping_price=None if shoe.shipping is None else Money(round(shoe.shipping * 100), "USD"),
        shipping_text="Free shipping" if free else "Free shipping over US $10",
        star_rating=shoe.rating,
        units_sold=shoe.sold_by(day),
        store_name=shoe.store,
        category=CATEGORY,
    )


def _odd(shop: str, day: int) -> list[Sighting]:
    """Products with long, missing, foreign and right-to-left facts."""
    shown = f"{shop}{picture_path(SHOES[2])}"

    def one(number: int, title: str, minor: int | None, currency: str, **facts: Any) -> Sighting:
        price = None if minor is None else Money(minor - (200 if day == 1 else 0), currency)
        known: dict[str, Any] = {"price": price, "image_url": shown, "category": CATEGORY}
        return Sighting(aliexpress_id=str(2005000000000 + number), title=title, **(known | facts))

    return [
        one(1, "حذاء رياضي رجالي كاجوال من الجلد الطبيعي مريح للمشي", 3150, "EUR",
            shipping_price=Money(240, "EUR"), star_rating=4.7, units_sold=2000,
            units_sold_text="2,000+ sold", store_name="متجر الخطوة الأولى"),
        one(2, "2026 New Fashion Men Genuine Leather Handmade " + "Comfortable Breathable " * 12,
            124999, "BRL", list_price=Money(289999, "BRL"), star_rating=4.2, units_sold=10000,
            units_sold_text="10,000+ sold", shipping_text="Free shipping over R$ 99 for members",
            store_name="Zhongshan Yuexing International Trading Company Limited Flagship Store"),
        one(3, "Lightweight-Breathable-Slip-On-Without-Any-Space-Between-Its-Words-At-All", 4180,
            "JPY", shipping_price=Money(0, "JPY")),
        one(4, "Loafer", None, "USD", image_url=None),
        one(5, '<b>Sale</b> Suede Shoes & "Boots" =1+1', 299, "USD", star_rating=1.2, units_sold=3),
        one(6, "נעלי גברים קז'ואל קלות לנשימה", 2283, "GBP", store_name="Lindenberg"),
        one(7, "Picture of a stranger", 2283, "USD"),
        one(8, "Picture that is gone", 2283, "USD", image_url=f"{shop}/kf/gone.svg"),
        *([one(9, "Not seen lately", 2283, "USD")] if day > 8 else []),
    ]  # fmt: skip
