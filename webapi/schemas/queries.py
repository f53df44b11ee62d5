"""From the parameters of a question to what is asked, in the words of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from db.currencies import minor_digits
from webapi.criteria import Criteria, Order
from webapi.cursors import Cursor
from webapi.errors import InvalidQuery
from webapi.schemas.parameters import DEFAULT_PER_PAGE, FILTERS, PRODUCT_LIST, Parameter, paged

Asked = MultiDict[str, str]


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
