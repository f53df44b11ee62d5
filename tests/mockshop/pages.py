"""The mock shop's pages, in the `init_data` layout with the decoys that real pages have."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import parse_qs

from db.identifiers import US_MIRROR_OFFSET
from tests.listings import Card, category_index, fields, init_data_of, money, tag
from tests.mockshop.catalogue import SHOES, Shoe, ranking

PER_PAGE: Final = 60
REPEATED_ADS: Final = 5
"""Ads of the page before that stand on the next one again, as on the real site."""

MENS_SHOES: Final = "/category/200131145/mens-shoes.html"
CASUAL_SHOES_ID: Final = "200131146"
"""The id of the category, which cards name in the listing of its parent too."""
CASUAL_SHOES: Final = f"/category/{CASUAL_SHOES_ID}/mens-casual-shoes.html"

PICTURE_HOST: Final = "pictures.mockshop.invalid"
"""Stands in the pages for the host and port of the shop, which only its server knows."""

_RATES: Final = {"USD": 1.0, "EUR": 0.92, "GBP": 0.79, "JPY": 150.0}
_FORMATS: Final = {
    "USD": "US ${:,.2f}",
    "EUR": "€ {:,.2f}",
    "GBP": "￡{:,.2f}",
    "JPY": "￥ {:,.0f}",
}


@dataclass(frozen=True)
class Visitor:
    """The visitor as the locale cookie describes them. Without a cookie: somebody in the US."""

    currency: str = "USD"
    region: str = "US"

    @classmethod
    def of(cls, cookie: str) -> Self:
        named = parse_qs(cookie.partition("aep_usuc_f=")[2].partition(";")[0])
        currency = named.get("c_tp", ["USD"])[0]
        return cls(currency if currency in _RATES else "USD", named.get("region", ["US"])[0])

    def amount(self, dollars: float) -> float:
        digits = 0 if self.currency == "JPY" else 2
        amount = round(dollars * _RATES[self.currency], digits)
        return int(amount) if digits == 0 else amount

    def shown(self, dollars: float) -> str:
        text = _FORMATS[self.currency].format(self.amount(dollars))
        return text.replace(".", ",") if self.currency == "EUR" else text


def index(_visitor: Visitor, _day: int) -> str:
    """Return the index of categories, first and second level."""
    return category_index(
        [
            (
                "Women's Fashion",
                [("Dresses", "//www.aliexpress.com/category/200003482/dresses.html")],
            ),
            (
                "Bags & Shoes",
                [
                    ("Women's Shoes", "//www.aliexpress.com/category/200131147/womens-shoes.html"),
                    ("Men's Shoes", f"//www.aliexpress.com{MENS_SHOES}"),
                ],
            ),
        ]
    )


def mens_shoes(visitor: Visitor, day: int) -> str:
    """Return the listing of Men's Shoes, whose refine list has its child categories."""
    children = (
        '<div class="refine-categories"><ul>'
        '<li><a href="//www.aliexpress.com/category/200131148/mens-boots.html">Boots</a></li>'
        f'<li><a href="//www.aliexpress.com{CASUAL_SHOES}">Casual Shoes</a></li></ul></div>'
    )
    menu = (
        '<nav><a href="//www.aliexpress.com/category/9/womens-casual.html">Casual Shoes</a></nav>'
    )
    page = listing(ranking(day), 1, visitor, day)
    return page.replace("<body>", f"<body>{menu}{children}", 1)


def casual_shoes(visitor: Visitor, day: int, page: int, unlisted: Collection[int] = ()) -> str:
    """Return a page of the category, without the shoes that have left it."""
    shown = [shoe for shoe in ranking(day) if shoe.number not in unlisted]
    return listing(shown, page, visitor, day)


def search(visitor: Visitor, day: int, page: int, words: Sequence[str]) -> str:
    """Return a page of the shoes that have one of the words in their titles."""
    wanted = [word.casefold().rstrip("s") for word in words]
    found = [s for s in ranking(day) if any(word in s.title.casefold() for word in wanted)]
    return listing(found, page, visitor, day)


def listing(
    shoes: Sequence[Shoe], page: int, visitor: Visitor, day: int, per_page: int = PER_PAGE
) -> str:
    """Return a page of a listing. Past the end it has no cards, as on the site."""
    start = (page - 1) * per_page
    shown = list(shoes[start : start + per_page])
    if shown and page > 1:
        shown[7:7] = [s for s in shoes[start - per_page : start] if s.is_ad][:REPEATED_ADS]
    page_fields = fields([_card(s, visitor, day) for s in shown], page, visitor.currency)
    page_fields["pageInfo"] |= {"totalResults": len(shoes), "finished": False, "success": True}
    page_fields["mods"] |= {"searchRefineFilters": {"content": []}, "searchRapidFilters": {}}
    page_fields["p4pObjectConfig"] = {"bcfg": {"currencyType": "CNY", "pageIndex": page}}
    decoy = "<script>var u='https%3A%2F%2Fwww.aliexpress.com%2F_____tmd_____%2Fpunish';</script>"
    return init_data_of(page_fields).replace("</head>", f"{decoy}</head>", 1)


def picture_path(shoe: Shoe) -> str:
    """Return the path of a shoe's picture on the shop's host."""
    return f"/kf/S{shoe.id:x}.svg"


def picture_link(shoe: Shoe) -> str:
    """Return the link to a picture as pages have it: without a scheme, on the picture host."""
    return f"//{PICTURE_HOST}{picture_path(shoe)}"


PICTURES: Final = {picture_path(shoe): shoe for shoe in SHOES}


def _card(shoe: Shoe, visitor: Visitor, day: int) -> Card:
    price, usual = shoe.price(day), shoe.usual_price
    shown_id = str(shoe.id + (US_MIRROR_OFFSET if visitor.region == "US" else 0))
    sold = shoe.sold_by(day)
    card: Card = {
        "itemType": "productV3",
        "productType": "ad" if shoe.is_ad else "natural",
        "nativeCardType": "nt_srp_cell_g",
        "productId": shown_id,
        "lunchTime": "2025-03-01 00:00:00",
        "image": {"imgUrl": picture_link(shoe), "imgWidth": 350, "imgHeight": 350, "imgType": "0"},
        "title": {"displayTitle": shoe.title.replace("Men's", "Men's ", 1)},
        "prices": {
            "pricesStyle": "default",
            "builderType": "skuCoupon",
            "currencySymbol": "$",
            "prefix": "Sale price:",
            "salePrice": {**_money(price, visitor), "discount": 12},
            "skuId": sku_id(shoe),
            "taxRate": "0",
        },
        "sellingPoints": _tags(shoe, visitor),
        "moreAction": {"actions": [{"actionText": "Add to cart", "actionType": "shopCart"}]},
        "trace": {
            "pdpParams": {"channel": "direct"},
            "custom": {},
            "exposure": {"postCategoryId": CASUAL_SHOES_ID},
            "utLogMap": {
                "x_object_id": str(shoe.id),
                "salePriceAmount": str(_money(price, visitor)["cent"]),
                "quotaCurrencyCode": "CNY",
                "real_trade_count": str(sold or 0),
            },
        },
        "images": [{"imgUrl": picture_link(shoe)}],
    }
    if price < usual:
        card["prices"]["originalPrice"] = _money(usual, visitor)
    if shoe.rating is not None:
        card["evaluation"] = {"starRating": shoe.rating}
    if sold is not None:
        card["trade"] = {"tradeDesc": _shown_sold(sold), "dressType": []}
    return card | _seller(shoe, visitor, card["trace"])


def sku_id(shoe: Shoe) -> str:
    """Return the variant whose price cards show."""
    return f"12000{shoe.id % 10**12:012d}"


def _money(dollars: float, visitor: Visitor) -> dict[str, Any]:
    return money(visitor.amount(dollars), visitor.currency, visitor.shown(dollars))


def _seller(shoe: Shoe, visitor: Visitor, trace: dict[str, Any]) -> Card:
    """Return where the card names the store. Since mid-2025, US visitors see it on ads only."""
    if shoe.is_ad:
        parameters = json.dumps({"company_name": "", "store_name": shoe.store})
        return {"p4p": {"clickUrl": "//us-click.aliexpress.com/ci_bb"},
                "trace": {**trace, "custom": {"p4pExtendParam": parameters}}}  # fmt: skip
    if visitor.region == "US":
        return {}
    return {"store": {"storeId": 1100 + len(shoe.store), "storeName": shoe.store}}


def _tags(shoe: Shoe, visitor: Visitor) -> list[dict[str, Any]]:
    tags = [
        {"tagContent": {"displayTagType": "image", "tagImgUrl": "//ae01.alicdn.com/kf/choice.png"},
         "source": "choice_atm"},
        tag("Extra 2% off with coins", "flexiCoin_new_atm"),
    ]  # fmt: skip
    if shoe.shipping == 0:
        tags.append(tag("Free shipping", "Free_Shipping_atm"))
    elif shoe.shipping is not None:
        tags.append(tag(f"+shipping: {visitor.shown(shoe.shipping)}", "Shipping_Fee_atm"))
    elif shoe.free_above is not None:
        words = f"Free shipping over {visitor.shown(shoe.free_above)}"
        tags.append(tag(words, "platformFreeShipping_atm"))
    return tags


def _shown_sold(sold: int) -> str:
    """Return the count as the site shows it: exact up to 900, then rounded down."""
    for bound in (10_000, 5_000, 1_000, 900):
        if sold >= bound:
            return f"{bound:,}+ sold"
    return f"{sold} sold"
