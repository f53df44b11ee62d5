"""Change what Schemathesis generates where Swagger 2.0 cannot say what is valid.

- A price in a query needs a currency beside it, and so does an amount in a body: Swagger 2.0 has no
  dependencies between fields. How many digits and how large an amount is, depends on the currency.
- A change of currency names every amount that the product has: a rule between body and database.
- An entity tag is that of the product: a rule between header and database.
- A cursor is what a link of the list has: Swagger 2.0 has no links.
- An amount may be a JSON number as well as a string: Swagger 2.0 has no union of types, and clients
  need the type of responses, which is string.

Requests that are meant to be invalid are left as they are, except for amounts that are numbers, and
for the entity tag: a wrong one would hide the rest.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext

AMOUNTS = ("price", "list_price", "shipping_price")
FINEST = "KWD"
"""A currency of three decimals: any amount below LARGEST is an amount of it."""
LARGEST = 10**12


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    if case.headers and "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and case.query:
        _complete_query(case.query)
    if isinstance(case.body, dict):
        (_complete_amounts if is_valid else _spoil_numbers)(case.body)


def _complete_query(query: Any) -> None:
    if {"min_price", "max_price"} & set(query):
        query.setdefault("currency", "USD")
    query.pop("cursor", None)


def _complete_amounts(body: dict[str, Any]) -> None:
    if {"currency", *AMOUNTS}.isdisjoint(body):
        return
    body |= dict.fromkeys(AMOUNTS) | body | {"currency": FINEST}
    for name in AMOUNTS:
        if body[name] is not None and float(body[name]) >= LARGEST:
            body[name] = "9.999"


def _spoil_numbers(body: dict[str, Any]) -> None:
    """Replace amounts that are numbers: they are valid, although the schema says string."""
    for name in AMOUNTS:
        if isinstance(body.get(name), int | float):
            body[name] = ["a list"]
