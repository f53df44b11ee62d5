"""The mock shop's product pages: most are shells drawn by a script, some carry their data."""

from typing import Any, Final

from db.identifiers import global_id
from tests.listings import block_page
from tests.mockshop.catalogue import BEST_SELLERS, SHOES, Shoe
from tests.mockshop.pages import Visitor, sku_id
from tests.products import (
    FREE,
    Variant,
    components_page,
    fee,
    gone,
    modules_page,
    not_found,
    prices,
    reply,
    result,
    shell,
    token_refused,
)

TOKEN: Final = "_m_h5_tk"  # noqa: S105  # the name of a cookie
BY_ID: Final = {str(shoe.id): shoe for shoe in SHOES}
NOT_SHIPPED: Final = frozenset({12})
REMOVED: Final = frozenset({19})
NOT_SOLD_HERE: Final = frozenset({30})
BLOCKED: Final = frozenset({31})
NOT_FOUND: Final = frozenset({36})
BROKEN: Final = frozenset({33})
SLOW: Final = frozenset({34})
SLOW_SECONDS: Final = 3.0
"""How long the reply for a slow product takes."""
ODD: Final = REMOVED | NOT_SOLD_HERE | BLOCKED | NOT_FOUND | BROKEN | SLOW


def product_page(number: str, visitor: Visitor, day: int, query_host: str) -> str | None:
    """Return the page of a product on a day by either of its ids, or None."""
    shoe = BY_ID.get(global_id(number) or "")
    if shoe is None:
        return None
    if shoe.number in BLOCKED:
        return block_page()
    if shoe.number in NOT_FOUND:
        return not_found(shoe.id for shoe in SHOES[:BEST_SELLERS])
    if shoe.number in ODD or shoe.number % 5 not in {1, 3}:
        return shell(shoe.id, query_host)
    way = _way(shoe, visitor)
    layout = modules_page if shoe.number % 5 == 1 else components_page
    return layout(shoe.id, shoe.store, way, variants(shoe, visitor, day), visitor.currency)


def query_reply(number: str, visitor: Visitor, day: int, cookie: str) -> tuple[str, str | None]:
    """Return the reply to a shell's script, and the cookie that comes with it: first the token."""
    if TOKEN not in cookie:
        return token_refused(), f"{TOKEN}=mock; Path=/"
    shoe = BY_ID.get(global_id(number) or "")
    if shoe is None or shoe.number in REMOVED:
        return reply(gone(number)), None
    if shoe.number in NOT_SOLD_HERE:
        return reply(gone(number, "SITEM_NOT_SOLD_TO_COUNTRY")), None
    if shoe.number in BROKEN:
        return reply(result(shoe.id, shoe.store, FREE))[:-40], None
    stated = prices(variants(shoe, visitor, day), visitor.currency)
    facts = result(shoe.id, shoe.store, _way(shoe, visitor), **stated)
    facts["GLOBAL_DATA"]["globalData"]["currencyCode"] = visitor.currency
    return reply(facts), None


def variants(shoe: Shoe, visitor: Visitor, day: int) -> list[Variant]:
    """Return the variant that cards show and, of every second shoe, another one that costs more."""
    shown = _variant(sku_id(shoe), shoe.price(day), shoe.usual_price, visitor)
    if shoe.number % 2:
        return [shown]
    dearer = str(int(sku_id(shoe)) + 1)
    return [_variant(dearer, shoe.price(day) + 3, shoe.usual_price + 3, visitor), shown]


def _variant(number: str, price: float, usual: float, visitor: Visitor) -> Variant:
    text, amount = visitor.shown(price), visitor.amount(price)
    if price >= usual:
        return Variant(number, text, amount)
    return Variant(number, text, amount, visitor.shown(usual), visitor.amount(usual))


def number_of(product_id: str) -> int | None:
    """Return the number of the shoe with either of its ids, or None."""
    shoe = BY_ID.get(global_id(product_id) or "")
    return None if shoe is None else shoe.number


def reply_seconds(number: str) -> float:
    """Return how many seconds a shell's script waits for its reply."""
    shoe = BY_ID.get(global_id(number) or "")
    return SLOW_SECONDS if shoe is not None and shoe.number in SLOW else 0.0


def page_shipping(shoe: Shoe) -> float | None:
    """Return the shipping price of the product page in dollars, None if not shipped here."""
    if shoe.number in NOT_SHIPPED:
        return None
    return shoe.shipping if shoe.shipping is not None else 1.99 + shoe.number % 4


def _way(shoe: Shoe, visitor: Visitor) -> dict[str, Any]:
    cost = page_shipping(shoe)
    if cost is None:
        return {"unreachable": True}
    if cost == 0:
        return {**FREE, "displayCurrency": visitor.currency}
    shown = visitor.shown(cost)
    return fee(visitor.amount(cost), visitor.currency, formattedAmount=shown)
