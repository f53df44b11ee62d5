"""What Swagger 2.0 cannot say of the parameters, for Schemathesis, which takes it at its word.

Valid questions have a currency beside a price, and a cursor only from a link. Questions that are
meant to be wrong are left as they are.
"""

from typing import Any

import schemathesis
from schemathesis import Case, HookContext


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive or not case.query:
        return
    if {"min_price", "max_price"} & set(case.query):
        case.query.setdefault("currency", "USD")
    case.query.pop("cursor", None)
