"""What Swagger 2.0 cannot say, for Schemathesis, which takes the specification at its word.

Valid questions have a currency beside a price, and a cursor only from a link. Valid bodies have a
currency that can carry their money, and web addresses. A tag is of a product that is there.
Requests that are meant to be wrong are left as they are, but for the tag: a wrong one would hide
the rest.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext

MONEY = {"price", "list_price", "shipping_price", "currency"}
FINEST = "KWD"
"""A currency of three decimals: all amounts that the specification allows are amounts of it."""


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.query:
        _complete_question(case.query)
    if isinstance(case.body, dict):
        _complete_body(case.body)


def _complete_question(question: Any) -> None:
    if {"min_price", "max_price"} & set(question):
        question.setdefault("currency", "USD")
    question.pop("cursor", None)


def _complete_body(body: dict[str, Any]) -> None:
    if MONEY & set(body):
        body["currency"] = FINEST
    for name in ("url", "image_url"):
        if body.get(name) is not None:
            body[name] = "https://www.aliexpress.com/item/1005006123456789.html"
