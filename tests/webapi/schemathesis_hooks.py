"""Change what Schemathesis generates where Swagger 2.0 cannot say what is valid.

Valid queries have a currency beside a price, and a cursor only from a link. Valid bodies have a
currency that can carry their amounts, web addresses, and no id. An entity tag is of the product.
Requests that are meant to be invalid are left as they are, except for the tag, because a wrong one
would hide the rest, and for amounts that are numbers.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext

MONEY = {"price", "list_price", "shipping_price", "currency"}
AMOUNTS = ("price", "list_price", "shipping_price")
FINEST = "KWD"
"""A currency of three decimals: any amount below LARGEST is an amount of it."""
LARGEST = 10**12


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        if isinstance(case.body, dict):
            _spoil_numbers(case.body)
        return
    if case.query:
        _complete_query(case.query)
    if isinstance(case.body, dict):
        _complete_body(case.body)


def _spoil_numbers(body: dict[str, Any]) -> None:
    """Replace amounts that are numbers: they are valid, although the schema says string."""
    for name in AMOUNTS:
        if isinstance(body.get(name), int | float):
            body[name] = ["a list"]


def _complete_query(query: Any) -> None:
    if {"min_price", "max_price"} & set(query):
        query.setdefault("currency", "USD")
    query.pop("cursor", None)


def _complete_body(body: dict[str, Any]) -> None:
    body.pop("id", None)  # it must be that of the product
    body.pop("aliexpress_id", None)
    if MONEY & set(body):
        body |= dict.fromkeys(AMOUNTS) | body  # a change of currency names every amount
        body["currency"] = FINEST
    for name in AMOUNTS:
        if isinstance(body.get(name), str) and float(body[name]) >= LARGEST:
            body[name] = "9.999"
    for name in ("url", "image_url"):
        if body.get(name) is not None:
            body[name] = "https://www.aliexpress.com/item/1005006123456789.html"
