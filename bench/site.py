"""Serve a listing of invented shoes: `python -m bench.site PORT PAGES`.

A page has 60 cards twice: in the payload that our spider reads, and as markup that CSS selectors
read. The pages are made before the first request, so that serving them costs nothing.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tests.listings import Card, card, fields, init_data_of, money, tag

PER_PAGE: Final = 60
FIRST_ID: Final = 1005006000000000
"""No product is one of `catalogues`, so that a crawl into a full database adds them all too."""
LISTING: Final = "/w/wholesale-shoes.html"
ROBOTS: Final = "User-agent: *\nDisallow: /search/\n"

Facts = dict[str, Any]


def shoe(number: int) -> Facts:
    """Return the facts of a product, the same for each number."""
    chance = Random(number)
    price = chance.randrange(500, 9000) / 100
    return {
        "id": FIRST_ID + number,
        "title": f"Men's Canvas Casual Shoes {number} Breathable Lace-Up Outdoor Sneakers",
        "price": price,
        "list_price": round(price * 1.5, 2),
        "shipping": chance.choice(["Free shipping", f"+Shipping: US ${chance.randrange(1, 9)}.99"]),
        "stars": round(chance.triangular(3, 5, 4.7), 1),
        "sold": chance.randrange(1, 900),
        "store": f"Store {chance.randrange(2000)}",
    }


def page(number: int, pages: int) -> str:
    """Return a page of the listing."""
    shoes = [shoe(n) for n in range((number - 1) * PER_PAGE, number * PER_PAGE)]
    page_fields = fields([_card(facts) for facts in shoes], number)
    page_fields["pageInfo"] |= {"totalResults": pages * PER_PAGE, "finished": number == pages}
    markup = "\n".join(_markup(facts) for facts in shoes)
    return init_data_of(page_fields).replace("</body>", f'<div id="cards">{markup}</div></body>')


def _card(facts: Facts) -> Card:
    sold = facts["sold"]
    return card(
        str(facts["id"]),
        title={"displayTitle": facts["title"]},
        prices={
            "salePrice": money(facts["price"]),
            "originalPrice": money(facts["list_price"]),
            "skuId": f"1200{facts['id']}",
        },
        sellingPoints=[tag(facts["shipping"], "Shipping_atm")],
        evaluation={"starRating": facts["stars"]},
        trade={"tradeDesc": f"{sold} sold"},
        store={"storeName": facts["store"]},
        trace={"utLogMap": {"real_trade_count": str(sold)}, "custom": {}},
    )


def _markup(facts: Facts) -> str:
    return f"""<div class="card"><a href="/item/{facts["id"]}.html">
<img src="//ae01.alicdn.com/kf/{facts["id"]}.jpg"><h3>{facts["title"]}</h3></a>
<div class="price">US ${facts["price"]:,.2f}</div><div class="shipping">{facts["shipping"]}</div>
<span class="stars">{facts["stars"]}</span><span class="sold">{facts["sold"]} sold</span>
<span class="store"><a href="/store/1">{facts["store"]}</a></span></div>"""


def main(port: int, pages: int) -> None:
    """Serve until the process is stopped."""
    made = {number: page(number, pages).encode() for number in range(1, pages + 1)}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            is_robots = self.path == "/robots.txt"
            body = ROBOTS.encode() if is_robots else made.get(number, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/plain" if is_robots else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
