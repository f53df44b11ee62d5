"""Product pages written by us in the shape of real ones: embedded layouts, shell and replies."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

QUERY = "/h5/mtop.aliexpress.pdp.pc.query/1.0/"

FREE = {"shippingFee": "free", "currency": "CNY", "displayCurrency": "USD"}


SIGNS = {"USD": "$", "JPY": "JP¥", "MXN": "MXN$"}


def fee(amount: float, currency: str = "USD", **facts: Any) -> dict[str, Any]:
    """Return a way of shipping with a fee; on real pages `currency` is that of settlement."""
    return {
        "shippingFee": "charge",
        "displayAmount": amount,
        "formattedAmount": f"{SIGNS[currency]}{amount}",
        "currency": "CNY",
        "displayCurrency": currency,
        **facts,
    }


@dataclass(frozen=True)
class Variant:
    """A variant of a product as its page shows it, with prices as the site writes them."""

    sku_id: str
    text: str
    amount: float
    usual_text: str | None = None
    usual_amount: float | None = None
    is_salable: bool = True

    def embedded(self, currency: str) -> dict[str, Any]:
        """Return its entry in the embedded layouts."""
        price = _amount(self.text, self.amount, currency)
        usual = _amount(self.usual_text, self.usual_amount, currency)
        reduced = {"isActivity": True, "skuActivityAmount": price, "skuAmount": usual}
        return {
            "skuIdStr": self.sku_id,
            "skuId": int(self.sku_id),
            "skuVal": reduced if self.usual_text else {"isActivity": False, "skuAmount": price},
        }

    def info(self, currency: str) -> dict[str, Any]:
        """Return its entry in the reply since mid-2024."""
        if self.usual_text is None:
            usual = _amount(self.text, self.amount, currency)
        else:
            usual = _amount(self.usual_text, self.usual_amount, currency)
        return {"originalPrice": usual, "salePriceString": self.text}


def _amount(text: str | None, value: float | None, currency: str) -> dict[str, Any]:
    return {"currency": currency, "formatedAmount": text, "value": value}


def _assigned(data: object) -> str:
    return (
        "<!DOCTYPE html><html><body><script>window.runParams = {};\n"
        f"window.runParams = {{ data: {json.dumps(data)}, csrfToken: 'none' }};</script>"
        "</body></html>"
    )


def modules_page(
    product_id: object,
    store: str | None,
    way: dict[str, Any] | None,
    variants: Iterable[Variant] = (),
    currency: str = "USD",
) -> str:
    """Return the embedded layout of 2019 to 2023."""
    ways = [{"bizData": way}] if way else []
    return _assigned(
        {
            "commonModule": {"productId": product_id},
            "titleModule": {
                "subject": "Shoe",
                "tradeCount": "80",
                "formatTradeCount": "80",
                "feedbackRating": {"averageStar": "4.6"},
            },
            "storeModule": {"storeName": store},
            "skuModule": {"skuPriceList": [one.embedded(currency) for one in variants]},
            "webEnv": {"currency": currency},
            "shippingModule": {"generalFreightInfo": {"originalLayoutResultList": ways}},
        }
    )


def components_page(
    product_id: object,
    store: str | None,
    way: dict[str, Any] | None,
    variants: Iterable[Variant] = (),
    currency: str = "USD",
) -> str:
    """Return the embedded layout of 2024."""
    return _assigned(
        {
            "productInfoComponent": {"id": product_id, "idStr": str(product_id)},
            "sellerComponent": {"storeName": store},
            "tradeComponent": {"formatTradeCount": "2,000+"},
            "feedbackComponent": {"evarageStar": "4.7"},
            "currencyComponent": {"currencyCode": currency},
            "priceComponent": {
                "skuPriceList": [
                    one.embedded(currency) | {"salable": one.is_salable} for one in variants
                ]
            },
            "webGeneralFreightCalculateComponent": {
                "shippingFeeText": "Shipping",
                "originalLayoutResultList": [{"bizData": way}] if way else [],
            },
        }
    )


def shell(product_id: object, query_host: str) -> str:
    """Return the empty shell since mid-2024: its script asks for the product by JSONP."""
    return f"""<!DOCTYPE html><html><head><script>window.runParams = {{}};
window._d_c_ = {{"isCSR": true}};
var errors = ["RGV587_ERROR", "FAIL_SYS_USER_VALIDATE"];</script></head>
<body><div id="root"><img src="/kf/picture.jpg"></div><script>
var asked = 0;
function mtopjsonp1(reply) {{
  if (reply.ret[0].indexOf("FAIL_SYS_TOKEN") === 0 && asked < 2) return ask();
  document.getElementById("root").textContent = JSON.stringify(reply.ret);
}}
function ask() {{
  asked += 1;
  var script = document.createElement("script");
  script.src = "{query_host}{QUERY}?callback=mtopjsonp1&t=" + asked +
    "&data=" + encodeURIComponent(JSON.stringify({{productId: "{product_id}"}}));
  document.body.appendChild(script);
}}
ask();
</script></body></html>"""


def reply(result: object, ret: str = "SUCCESS::ok") -> str:
    """Return a reply to the shell's script."""
    return f"mtopjsonp1({json.dumps({'ret': [ret], 'data': {'result': result}})})"


def token_refused() -> str:
    """Return the first reply, which comes with the token."""
    return f"mtopjsonp1({json.dumps({'ret': ['FAIL_SYS_TOKEN_EMPTY::no token'], 'data': {}})})"


def result(
    product_id: object, store: str | None, way: dict[str, Any] | None, **facts: Any
) -> dict[str, Any]:
    """Return what a good reply holds."""
    shared = {"productId": str(product_id), "currencyCode": "USD"}
    made: dict[str, Any] = {
        "PRODUCT_TITLE": {"text": "Shoe"},
        "PC_RATING": {"rating": "4.6", "otherText": "1,000+ sold"},
        "GLOBAL_DATA": {"globalData": shared},
    }
    if store:
        made["SHOP_CARD_PC"] = {"storeName": store}
    if way:
        made["SHIPPING"] = {"deliveryLayoutInfo": [{"bizData": way}]}
    return made | facts


def prices(variants: Sequence[Variant], currency: str = "USD") -> dict[str, Any]:
    """Return the parts of a good reply that state prices."""
    paths = [{"skuIdStr": one.sku_id, "salable": one.is_salable} for one in variants]
    infos = {one.sku_id: one.info(currency) for one in variants}
    return {"PRICE": {"skuIdStrPriceInfoMap": infos}, "SKU": {"skuPaths": paths}}


def gone(product_id: object, code: str = "SITEM_NOT_EXIST") -> dict[str, Any]:
    """Return the reply for a product that is gone or not sold to this country."""
    return {"GLOBAL_DATA": {"globalData": {"productId": str(product_id), "errorCode": code}}}


def not_found(others: Iterable[object]) -> str:
    """Return the not-found page: other products, and no data."""
    links = "".join(f'<li><a href="/item/{other}.html">Shoe, $3.99</a></li>' for other in others)
    return (
        "<!DOCTYPE html><html><head><script>window.runParams = {};</script></head><body>"
        f"<h1>The page you want is not here.</h1><ul>{links}</ul></body></html>"
    )
