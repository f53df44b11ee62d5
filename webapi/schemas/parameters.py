"""The parameters of questions: each with its documentation and reader in one table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from db.currencies import CURRENCIES
from webapi.criteria import ORDERS
from webapi.cursors import Cursor, Place
from webapi.schemas import asked

Schema = dict[str, Any]

DEFAULT_PER_PAGE: Final = 25
FORMATS: Final = ("json", "csv")
SORTS: Final = [*ORDERS, *(f"-{name}" for name in ORDERS)]


def parameter_document(place: str, description: str, example: Any) -> Schema:
    """A parameter for Swagger 2.0, which knows no examples of parameters: they are an extension.

    Not `x-example`, which Swagger UI would fill into every field of the form.
    """
    shown = example if isinstance(example, str) else json.dumps(example)
    return {
        "in": place,
        "type": "string",
        "description": f"{description}; for example `{shown}`",
        "x-examples": {"example": {"value": example}},
    }


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question; `read` raises ValueError with what it must be."""

    read: Callable[[str], Any]
    documentation: Schema


def _parameter(
    read: Callable[[str], Any], description: str, example: Any, **schema: Any
) -> Parameter:
    return Parameter(read, parameter_document("query", description, example) | schema)


_TEXT: Final[Schema] = {"minLength": 1, "maxLength": asked.LONGEST_TEXT}
_AMOUNT: Final[Schema] = {"pattern": asked.AMOUNT.pattern}
_INSTANT: Final[Schema] = {"format": "date-time"}
_UNITS: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": asked.MOST_UNITS}
_STARS: Final[Schema] = {"type": "number", "minimum": 0, "maximum": asked.HIGHEST_RATING}

LIMIT: Final[Mapping[str, Parameter]] = {
    "limit": _parameter(
        asked.limit,
        f"how many a page has at most; {DEFAULT_PER_PAGE} unless said",
        DEFAULT_PER_PAGE,
        type="integer",
        minimum=1,
        maximum=asked.MOST_PER_PAGE,
    ),
}


def paged(example_of: str) -> dict[str, Parameter]:
    """The parameters of every list; the example of a cursor is one of the list so named."""
    cursor = _parameter(
        str,
        "where the page begins; `next` and `prev` have it, and it goes with their other parameters",
        Cursor("after", Place(25)).write(example_of),
    )
    return {**LIMIT, "cursor": cursor}


CRAWL_LIST: Final = paged("crawls")
HISTORY: Final = paged("history 1")

FILTERS: Final[Mapping[str, Parameter]] = {
    "q": _parameter(asked.words, "all these words are in the title", "canvas", **_TEXT),
    "category": _parameter(
        asked.name,
        "the path of the category",
        "Bags & Shoes > Men's Shoes > Casual Shoes",
        **_TEXT,
    ),
    "store_name": _parameter(asked.name, "the seller", "Casual Steps Store", **_TEXT),
    "currency": _parameter(
        asked.one_of(CURRENCIES, "a currency code of ISO 4217, like USD"),
        "the money's currency, ISO 4217",
        "USD",
        enum=sorted(CURRENCIES),
    ),
    "min_price": _parameter(
        asked.amount, "the price is at least this; needs `currency`", "10.00", **_AMOUNT
    ),
    "max_price": _parameter(
        asked.amount, "the price is at most this; needs `currency`", "29.99", **_AMOUNT
    ),
    "min_rating": _parameter(asked.rating, "at least so many stars", 4.5, **_STARS),
    "min_units_sold": _parameter(asked.units, "at least so many sold", 1000, **_UNITS),
    "free_shipping": _parameter(
        asked.yes_or_no,
        "true: shipping is free without a condition; false: it costs something",
        True,  # noqa: FBT003  # an example of a boolean
        type="boolean",
    ),
    "seen_since": _parameter(
        asked.instant, "a crawl saw it at or after this instant", "2026-11-20T00:00:00Z", **_INSTANT
    ),
    "price_dropped_since": _parameter(
        asked.instant,
        "the price is lower now than it was at this instant; `earlier_price` and `price_drop` say "
        "how much",
        "2026-11-20T00:00:00Z",
        **_INSTANT,
    ),
}

PRODUCT_LIST: Final[Mapping[str, Parameter]] = {
    **FILTERS,
    "sort": _parameter(
        asked.one_of(SORTS, f"one of {', '.join(ORDERS)}, or that with a minus before it"),
        "by a field, from the least; with a minus from the most; what is unknown comes last; "
        "money by currency first",
        "-star_rating",
        enum=SORTS,
    ),
    **paged("products"),
    "format": _parameter(
        asked.one_of(FORMATS, "json or csv"),
        "csv gives all pages in one file, as `Accept: text/csv` does",
        "json",
        enum=list(FORMATS),
    ),
}
