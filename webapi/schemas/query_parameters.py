"""Query parameters of the list endpoints: their definitions and their parsing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, Self
from urllib.parse import urlencode

from flask import Request
from werkzeug.datastructures import MultiDict

from db.currencies import minor_digits
from db.money import MAX_MINOR
from webapi.cursors import Cursor
from webapi.errors import InvalidQuery, QueryTooLong
from webapi.schemas import values
from webapi.schemas.fields import Field, amount, choice, instant, number, string
from webapi.schemas.products import HIGHEST_RATING, MOST_UNITS, PRODUCT
from webapi.sorting import OBSERVATIONS_BY_ID, PRODUCT_SORTS, PRODUCTS_BY_ID, Sort

Arguments = MultiDict[str, str]

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 25
LONGEST_QUERY: Final = 2000
"""Bytes of all parameters but the cursor. A cursor has up to 5,400, a request line 8,190."""

PAGE: Final[Mapping[str, Field]] = {
    "limit": number("the maximum number of items; 25 by default", DEFAULT_LIMIT, 1, MAX_LIMIT),
    "cursor": string("from a `next` or `prev` link", Cursor("after", (), 25).token),
}
"""Parameters of every list."""

FORMAT: Final = choice(
    "csv: all pages in one file, like `Accept: text/csv`", "json", ("json", "csv"), "json or csv"
)

FILTERS: Final[Mapping[str, Field]] = {
    "q": string(
        "words in the title", "canvas", values.words, minLength=1, maxLength=values.LONGEST_TEXT
    ),
    "category": PRODUCT["category"],
    "store_name": PRODUCT["store_name"],
    "currency": PRODUCT["currency"],
    "min_price": amount("the lowest price; requires `currency`", "10.00"),
    "max_price": amount("the highest price; requires `currency`", "29.99"),
    "min_rating": number("the lowest star rating", 4.5, 0, HIGHEST_RATING),
    "min_units_sold": number("the lowest number of units sold", 1000, 0, MOST_UNITS),
    "free_shipping": Field(
        {
            "type": "boolean",
            "description": "true: free without a condition; false: not free",
            "example": True,
        },
        values.boolean,
    ),
    "seen_since": instant("a crawl saw it at or after this instant", values.instant),
    "price_dropped_since": instant(
        "the price is lower now than at this instant; items have `earlier_price` and `price_drop`",
        values.instant,
    ),
}

PRODUCT_LIST: Final[Mapping[str, Field]] = {
    **FILTERS,
    "sort": choice(
        "a field, descending with a minus before it; unknown values come last, and amounts are "
        "sorted by currency first",
        "-star_rating",
        list(PRODUCT_SORTS),
        f"one of {', '.join(PRODUCT_SORTS)}",
    ),
    **PAGE,
    "format": FORMAT,
}
HISTORY: Final[Mapping[str, Field]] = {**PAGE, "format": FORMAT}


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """The parsed parameters of the product list.

    Prices in `filters` are minor units. `limit` is None if the client did not set it.
    """

    filters: Mapping[str, Any]
    sort: Sort
    limit: int | None
    cursor: Cursor | None
    format: str | None

    @classmethod
    def parse(cls, arguments: Arguments) -> Self:
        """Parse the parameters. Raise InvalidQuery, which names the parameter, or QueryTooLong."""
        parsed = parse_parameters(arguments, PRODUCT_LIST)
        filters = {name: parsed[name] for name in FILTERS if name in parsed}
        for name, rounding in (("min_price", ROUND_CEILING), ("max_price", ROUND_FLOOR)):
            if name in filters:
                filters[name] = _minor(name, filters, rounding)
        sort = PRODUCT_SORTS[parsed["sort"]] if "sort" in parsed else PRODUCTS_BY_ID
        cursor = _cursor(parsed, sort)
        return cls(filters, sort, parsed.get("limit"), cursor, parsed.get("format"))


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The parsed parameters of a history. `limit` is None if the client did not set it."""

    limit: int | None
    cursor: Cursor | None
    format: str | None

    @classmethod
    def parse(cls, arguments: Arguments) -> Self:
        """Parse the parameters. Raise InvalidQuery, which names the parameter, or QueryTooLong."""
        parsed = parse_parameters(arguments, HISTORY)
        cursor = _cursor(parsed, OBSERVATIONS_BY_ID)
        return cls(parsed.get("limit"), cursor, parsed.get("format"))


def parse_page(arguments: Arguments, sort: Sort) -> tuple[int, Cursor | None]:
    """Return `limit` and `cursor` of a list that has no other parameters. Raises InvalidQuery."""
    parsed = parse_parameters(arguments, PAGE)
    return parsed.get("limit", DEFAULT_LIMIT), _cursor(parsed, sort)


def parse_parameters(arguments: Arguments, known: Mapping[str, Field]) -> dict[str, Any]:
    """Return the values of query parameters.

    Raises InvalidQuery for a parameter that is unknown, repeated or invalid, and QueryTooLong.
    """
    if not arguments:
        return {}
    parsed = {}
    for name, texts in arguments.lists():
        if name not in known:
            raise InvalidQuery(f"{name!r} is not a parameter here.")
        if len(texts) > 1:
            raise InvalidQuery(f"{name} is given more than once.")
        parsed[name] = _parse(name, texts[0], known[name])
    if len(urlencode({**arguments, "cursor": ""})) > LONGEST_QUERY:
        raise QueryTooLong(f"The query parameters are too long: at most {LONGEST_QUERY} bytes.")
    return parsed


def refuse_parameters(request: Request) -> None:
    """Raise InvalidQuery if a request has query parameters, and QueryTooLong."""
    if request.query_string:  # `args` are parsed when they are first asked for
        parse_parameters(request.args, {})


def parameter_documentation(location: str, field: Field) -> dict[str, Any]:
    """Return a parameter for Swagger 2.0, which has no examples of parameters.

    They are in `x-examples`, not in `x-example`, because Swagger UI would fill that into its form.
    """
    schema = {**field.schema, "in": location}
    example = schema.pop("example")
    shown = example if isinstance(example, str) else json.dumps(example)
    schema["description"] += f"; for example `{shown}`"
    return schema | {"x-examples": {"example": {"value": example}}}


def _parse(name: str, text: str, field: Field) -> Any:
    value = values.from_query(text, field.schema["type"])
    try:
        return field.parse(value) if field.parse else value
    except ValueError as error:
        raise InvalidQuery(f"{name} {error}.") from error


def _cursor(parsed: Mapping[str, Any], sort: Sort) -> Cursor | None:
    return Cursor.parse(parsed["cursor"], sort) if "cursor" in parsed else None


def _minor(name: str, filters: Mapping[str, Any], rounding: str) -> int:
    """Return a price in minor units, rounded so that no price beyond the bound matches."""
    if "currency" not in filters:
        raise InvalidQuery(f"{name} needs currency beside it.")
    bound: Decimal = filters[name]
    minor = bound.scaleb(minor_digits(filters["currency"])).to_integral_value(rounding)
    return min(int(minor), MAX_MINOR + 1)  # beyond it are no prices, and no SQL integers
