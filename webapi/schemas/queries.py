"""What a question may ask: each parameter's documentation and reader in one table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, Self

from werkzeug.datastructures import MultiDict

from db.currencies import CURRENCIES, minor_digits
from webapi.criteria import ORDERS, Criteria, Order
from webapi.cursors import Cursor, Place
from webapi.errors import InvalidQuery
from webapi.schemas import asked

Asked = MultiDict[str, str]
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


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of a list was asked for; `limit` is None where it was not said."""

    limit: int | None
    cursor: Cursor | None

    @classmethod
    def parse(cls, given: Asked, of: str) -> Self:
        """Read the parameters of a list that has no others. Raises InvalidQuery."""
        return cls.read(read_parameters(given, paged(of)), of)

    @classmethod
    def read(cls, values: Mapping[str, Any], of: str) -> Self:
        """The page of a list that `of` names. Raises InvalidQuery for another list's cursor."""
        token = values.get("cursor")
        return cls(values.get("limit"), None if token is None else Cursor.parse(token, of))

    @property
    def count(self) -> int:
        """How many rows the page has at most."""
        return DEFAULT_PER_PAGE if self.limit is None else self.limit


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What a list of products was asked for; `name` tells the list from others."""

    criteria: Criteria
    order: Order
    page: PageQuery
    format: str | None
    name: str

    @classmethod
    def parse(cls, given: Asked) -> Self:
        """Read the parameters of a question. Raises InvalidQuery, which names the one at fault."""
        values = read_parameters(given, PRODUCT_LIST)
        criteria = _criteria(values)
        order = Order.parse(values["sort"]) if "sort" in values else Order()
        plain = criteria == Criteria() and order == Order()
        name = "products" if plain else f"products {criteria} {order}"
        return cls(criteria, order, PageQuery.read(values, name), values.get("format"), name)


def read_parameters(given: Asked, known: Mapping[str, Parameter]) -> dict[str, Any]:
    """The values of parameters. Raises InvalidQuery for one unknown, given twice or unreadable."""
    values = {}
    for name, texts in given.lists():
        if name not in known:
            raise InvalidQuery(f"{name!r} is not a parameter here.")
        if len(texts) > 1:
            raise InvalidQuery(f"{name} is given more than once.")
        try:
            values[name] = known[name].read(texts[0])
        except ValueError as error:
            raise InvalidQuery(f"{name} {error}.") from error
    return values


def _criteria(values: Mapping[str, Any]) -> Criteria:
    wanted = {name: values[name] for name in FILTERS if name in values}
    if "q" in wanted:
        wanted["words"] = wanted.pop("q")
    for name, rounding in (("min_price", ROUND_CEILING), ("max_price", ROUND_FLOOR)):
        if name in wanted:
            if "currency" not in wanted:
                raise InvalidQuery(f"{name} needs currency beside it.")
            wanted[name] = _minor(wanted[name], wanted["currency"], rounding)
    return Criteria(**wanted)


def _minor(amount: Decimal, currency: str, rounding: str) -> int:
    """A bound in minor units: what is finer than the currency is rounded to the inner side."""
    return int(amount.scaleb(minor_digits(currency)).to_integral_value(rounding))
