"""An entry of a product's history, and what its prices come to."""

from collections.abc import Mapping
from typing import Any, Final

from db.models import Observation
from db.money import Money
from webapi.schemas.fields import STARS, UNITS, Field, amount, instant, show, text
from webapi.services.history import PriceChange, PriceSummary

OBSERVED: Final[Mapping[str, Field]] = {
    "seen_at": instant("when the crawl saw it"),
    "crawl_id": Field({"type": "integer", "example": 1}, nullable=False),
    "currency": Field(text("ISO 4217", "USD")),
    "price": amount("the price then"),
    "list_price": amount("the struck-through price then", "47.98"),
    "shipping_price": amount("the shipping price then", "0.00"),
    "star_rating": Field(STARS),
    "units_sold": Field(UNITS),
}


def _shown(row: Any, name: str) -> str:
    money: Money = getattr(row, name)
    return str(money.amount)


def _change(row: Any, name: str) -> dict[str, Any] | None:
    change: PriceChange | None = getattr(row, name)
    return None if change is None else show(CHANGE, change)


def _price(description: str, example: str) -> Field:
    return Field(amount(description, example).schema, _shown, nullable=False)


CHANGE: Final[Mapping[str, Field]] = {
    "at": instant("when a crawl saw it"),
    "earlier": _price("the price before", "27.99"),
    "later": _price("the price from then on", "23.99"),
}

PRICES: Final[Mapping[str, Field]] = {
    "currency": Field(text("ISO 4217", "USD"), nullable=False),
    "lowest": _price("the lowest price seen", "21.50"),
    "highest": _price("the highest price seen", "27.99"),
    "median": _price("the middle of the entries' prices", "23.99"),
    "last_change": Field(
        {
            "type": "object",
            "description": "when a crawl last saw another price than before",
            "properties": {name: field.documentation for name, field in CHANGE.items()},
            "required": list(CHANGE),
        },
        _change,
    ),
}


def represent_observation(observation: Observation) -> dict[str, Any]:
    """An entry of a product's history, by the names of a product's facts."""
    return show(OBSERVED, observation)


def represent_prices(summary: PriceSummary) -> dict[str, Any]:
    """What the prices in one currency come to."""
    return show(PRICES, summary)
