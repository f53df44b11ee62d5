"""Pages written by us in the shape of real ones: cards, listings, blocks, the category index."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from db.identifiers import US_MIRROR_OFFSET

Card = dict[str, Any]

PUNISH = "/_____tmd_____/punish"


def us_id(global_id: int) -> str:
    """Return the id under which visitors from the US see a product."""
    return str(global_id + US_MIRROR_OFFSET)


def card(product_id: object, *, price: float | None = 12.34, **facts: Any) -> Card:
    """Return a card as in `mods.itemList.content`; facts replace its keys, None leaves one out."""
    made: Card = {
        "productId": product_id,
        "itemType": "productV3",
        "productType": "natural",
        "title": {"displayTitle": f"Casual shoe {product_id}"},
        "image": {"imgUrl": f"//ae01.alicdn.com/kf/{product_id}.jpg", "imgType": "0"},
        "prices": {"currencySymbol": "$", "salePrice": money(price)} if price else None,
        "trace": {"utLogMap": {"x_object_id": str(product_id)}, "custom": {}},
    }
    made.update(facts)
    return {key: value for key, value in made.items() if value is not None}


def card_of(category_id: object, product_id: object) -> Card:
    """Return a card that names its category, as cards of this year do."""
    return card(product_id, trace={"exposure": {"postCategoryId": str(category_id)}})


def money(amount: float, currency: str = "USD", text: str | None = None) -> dict[str, Any]:
    """Return a price as cards have it; `cent` follows the currency's digits."""
    digits = 0 if currency == "JPY" else 2
    return {
        "currencyCode": currency,
        "minPrice": amount,
        "cent": int(Decimal(str(amount)).scaleb(digits)),
        "formattedPrice": text or f"US ${amount:,.2f}",
    }


def tag(text: str, source: str | None = None) -> dict[str, Any]:
    """Return a selling point; older pages name no source."""
    point: dict[str, Any] = {"tagContent": {"displayTagType": "text", "tagText": text}}
    return point | ({"source": source} if source else {})


def fields(cards: object, page: int | None = 1, currency: str | None = "USD") -> dict[str, Any]:
    """Return what both newer layouts carry: the cards and the page's own facts."""
    information: dict[str, Any] = {"searchResultType": "normal_result", "pageSize": 60}
    if page is not None:
        information["page"] = page
    if currency is not None:
        information["trace"] = {"utLogMap": {"currency": currency}}
    return {"mods": {"sortBar": {}, "itemList": {"content": cards}}, "pageInfo": information}


def init_data(cards: object, page: int | None = 1, currency: str | None = "USD") -> str:
    """Return a page of the `init_data` layout as plain HTTP returns it."""
    return init_data_of(fields(cards, page, currency))


def init_data_of(page_fields: object) -> str:
    """Return the same with any fields, between pieces of code that name the script."""
    payload = json.dumps({"hierarchy": {"root": "root"}, "data": {"root": {"fields": page_fields}}})
    return f"""<!DOCTYPE html><html><head><title>Casual shoes</title>
<script>if(window._dida_config_&&!window._dida_config_._init_data_){{var u=e._init_data_;}}</script>
</head><body><script>
window._dida_config_ = {{"pageName":"search-pc"}};/*!-->init-data-start--*/
window._dida_config_._init_data_= {{ data: {payload} }}/*!-->init-data-end--*/</script>
<script>window._dida_config_._init_data_.data.data.root.fields&&track();</script>
</body></html>"""


def search_reply(cards: object, page: int = 1, currency: str = "JPY") -> str:
    """Return the JSON reply that the page's own script gets."""
    return json.dumps({"data": {"result": fields(cards, page, currency)}, "success": True})


def script_listing(address: str = "/fn/search-pc/index") -> str:
    """Return a listing that only its script draws: it posts for the products of the page."""
    return f"""<!DOCTYPE html><html><head><title>Casual shoes</title></head><body>
<div id="root"></div><script>
fetch("{address}" + location.search, {{method: "POST", body: "{{}}"}});
</script></body></html>"""


def flat_card(product_id: int, **facts: Any) -> Card:
    """Return a card of 2019 to 2021; facts replace its keys, None leaves one out."""
    made: Card = {
        "productId": product_id,
        "title": f"Casual shoe {product_id}",
        "imageUrl": f"//ae01.alicdn.com/kf/{product_id}.jpg_220x220xz.jpg",
        "productDetailUrl": f"//www.aliexpress.com/item/{product_id}.html?algo=1",
        "price": "US $12.34 - 15.00",
        "logisticsDesc": "Shipping: US $1.25",
        "starRating": "4.8",
        "tradeDesc": "11 Sold",
        "store": {"storeName": "Casual Steps Store"},
    }
    made.update(facts)
    return {key: value for key, value in made.items() if value is not None}


def run_params(payload: object) -> str:
    """Return a page that assigns `window.runParams`, empty first."""
    return f"""<!DOCTYPE html><html><body><script type="text/javascript">
        window.runParams = {{}};
        window.runParams = {json.dumps(payload)};
        window.runParams.csrfToken = 'none';
</script></body></html>"""


def flat_page(cards: Sequence[Card]) -> str:
    """Return a listing of the years when cards were a flat list."""
    return run_params({"items": cards, "resultType": "normal_result", "success": True})


def page_of_2022(cards: Sequence[Card], page: int = 1) -> str:
    """Return a listing of the years between: the flat list is empty, the newer cards are there."""
    mods = {"itemList": {"content": cards}}
    return run_params({"items": [], "mods": mods, "pageNav": {"currentPage": page}})


def block_page() -> str:
    """Return the block page with its configuration."""
    return f"""<!DOCTYPE html><html><head><title>Captcha Interception</title></head><body><script>
window._config_ = {{ "action": "captcha", "SECDATA": "none", "HOST": "www.aliexpress.com:443",
 "url": "/w/wholesale-shoes.html{PUNISH}?x5secdata=none" }};</script></body></html>"""


def tiny_block_page() -> str:
    """Return the block that is only a jump to the block page."""
    return f"<script>location.replace('https://www.aliexpress.com{PUNISH}?x5step=1')</script>"


def product_shell() -> str:
    """Return the empty shell of a product page, with a library that names the block's errors."""
    return """<!DOCTYPE html><html><head><script>window.runParams = {};
window._d_c_ = {"isCSR": true};
var errors = ["RGV587_ERROR", "FAIL_SYS_USER_VALIDATE"];</script></head>
<body><div id="root"></div></body></html>"""


def category_index(blocks: Iterable[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    """Return the index of categories: (first level, [(second level, link), ...])."""
    html = "".join(
        f'<div class="item util-clearfix"><h3 class="big-title"><a href="#">{_html(first)}</a></h3>'
        '<ul class="sub-item-cont util-clearfix">'
        + "".join(f'<li><a href="{link}">{_html(second)}</a></li>' for second, link in seconds)
        + "</ul></div>"
        for first, seconds in blocks
    )
    return f"<html><body><div class='cg-main'>{html}</div></body></html>"


def second_level_page(children: Sequence[tuple[str, str]], menu: str = "") -> str:
    """Return a category's page with its children in the refine list, and a menu elsewhere."""
    links = "".join(f'<li><a href="{link}">{_html(name)}</a></li>' for name, link in children)
    return (
        f'<html><body><nav>{menu}</nav><div class="refine-categories"><ul>{links}</ul></div>'
        f"{init_data([card(1)])}</body></html>"
    )


def _html(text: str) -> str:
    return text.replace("&", "&amp;")
