"""A product: each field's name, documentation, value shown and value taken, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from db.fields import format_instant
from db.models import Observation, Product
from db.money import Money
from webapi.errors import InvalidBody
from webapi.schemas import readers
from webapi.schemas.readers import Reader

Schema = dict[str, Any]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a product; without a reader it is read-only."""

    schema: Schema
    show: Callable[[Any, str], Any] = getattr
    read: Reader | None = None
    nullable: bool = True

    @property
    def documentation(self) -> Schema:
        """The field for Swagger 2.0, which knows no null: its interface reads `x-nullable`."""
        extra: Schema = {"x-nullable": True} if self.nullable else {}
        return {**self.schema, **extra} | ({} if self.read else {"readOnly": True})


def _text(description: str, example: str) -> Schema:
    return {"type": "string", "description": description, "example": example}


def _money(row: Product | Observation, name: str) -> str | None:
    minor = getattr(row, f"{name}_minor")
    if minor is None or row.currency is None:
        return None
    return str(Money(minor, row.currency).amount)


def _utc(row: Any, name: str) -> str | None:
    instant = getattr(row, name)
    return None if instant is None else format_instant(instant)


def _sorted(row: Any, name: str) -> list[str]:
    return sorted(getattr(row, name))


def _amount(description: str, example: str = "23.99", *, read: Reader | None = None) -> Field:
    meaning = f"{description}; a decimal string with the digits of the currency"
    return Field({**_text(meaning, example), "pattern": r"^\d+(\.\d+)?$"}, _money, read)


def _instant(description: str, *, nullable: bool = False) -> Field:
    schema = {**_text(description, "2026-11-23T08:30:00.000000Z"), "format": "date-time"}
    return Field(schema, _utc, nullable=nullable)


_STARS: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 5, "example": 4.8}
_UNITS: Final[Schema] = {"type": "integer", "minimum": 0, "example": 1376}

FIELDS: Final[Mapping[str, Field]] = {
    "id": Field({"type": "integer", "example": 1}, nullable=False),
    "aliexpress_id": Field(_text("the site's global id", "1005006123456789")),
    "title": Field(_text("as shown", "Men's Canvas Shoes"), read=readers.text, nullable=False),
    "url": Field(
        _text("product page", "https://www.aliexpress.com/item/1005006123456789.html"),
        read=readers.address,
    ),
    "image_url": Field(
        _text("picture", "https://ae01.alicdn.com/kf/shoe.jpg"), read=readers.address
    ),
    "currency": Field(_text("ISO 4217; labels all money here", "USD"), read=readers.currency),
    "price": _amount("what a visitor pays for the cheapest variant", read=readers.amount),
    "price_text": Field(_text("the price as shown", "US $23.99")),
    "list_price": _amount("the struck-through price", "47.98", read=readers.amount),
    "shipping_price": _amount(
        "0 only when shipping is free without a condition", "0.00", read=readers.amount
    ),
    "shipping_text": Field(_text("what was said of shipping", "Free shipping")),
    "star_rating": Field(_STARS, read=readers.rating),
    "units_sold": Field(_UNITS, read=readers.count),
    "units_sold_text": Field(_text("what was said of sales", "1,000+ sold")),
    "store_name": Field(_text("the seller", "Casual Steps Store"), read=readers.text),
    "category": Field(
        _text("the path on the site", "Bags & Shoes > Men's Shoes > Casual Shoes"),
        read=readers.text,
    ),
    "edited_fields": Field(
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "fields that a person holds: no crawl overwrites them",
            "example": ["title"],
        },
        _sorted,
        readers.field_names,
        nullable=False,
    ),
    "first_seen_at": _instant("first seen by a crawl", nullable=True),
    "last_seen_at": _instant("last seen by a crawl", nullable=True),
    "created_at": _instant("when the product was added"),
    "updated_at": _instant("when a fact of it last changed"),
}

OBSERVED: Final[Mapping[str, Field]] = {
    "seen_at": _instant("when the crawl saw it"),
    "crawl_id": Field({"type": "integer", "example": 1}, nullable=False),
    "currency": Field(_text("ISO 4217", "USD")),
    "price": _amount("the price then"),
    "list_price": _amount("the struck-through price then", "47.98"),
    "shipping_price": _amount("the shipping price then", "0.00"),
    "star_rating": Field(_STARS),
    "units_sold": Field(_UNITS),
}


def represent(product: Product) -> dict[str, Any]:
    """A product as JSON shows it: amounts as decimal strings, instants in UTC, unknown as null."""
    return {name: field.show(product, name) for name, field in FIELDS.items()}


def represent_observation(observation: Observation) -> dict[str, Any]:
    """An entry of a product's history, by the same names."""
    return {name: field.show(observation, name) for name, field in OBSERVED.items()}


@dataclass(frozen=True, slots=True)
class ProductBody:
    """What was sent for a product: facts to set, fields to hold, and what may not change."""

    values: Body
    held: frozenset[str] | None
    aliexpress_id: str | None
    unchanged: Body

    @classmethod
    def parse(cls, body: Body) -> Self:
        """Read the fields that were sent. Raises InvalidBody, which names the one at fault."""
        for name in body:
            if name not in FIELDS:
                raise InvalidBody(f"{name!r} is not a field of a product.")
        writable = {name: _read(name, body[name]) for name in body if FIELDS[name].read}
        held = writable.pop("edited_fields", None)
        sent_id = body.get("aliexpress_id")
        return cls(
            values=writable,
            held=held,
            aliexpress_id=None if sent_id is None else _checked_id(sent_id),
            unchanged={name: body[name] for name in body if FIELDS[name].read is None},
        )

    def refuse_changes(self, product: Product) -> None:
        """Refuse another value than the present one for what cannot be edited."""
        present = represent(product)
        for name, value in self.unchanged.items():
            sent = self.aliexpress_id if name == "aliexpress_id" else value
            if sent != present[name] or isinstance(sent, bool):
                raise InvalidBody(f"{name} cannot be changed; leave it out or send it as it is.")

    def refuse_given(self) -> None:
        """Refuse what a product that is made by hand cannot be given."""
        for name, value in self.unchanged.items():
            if name != "aliexpress_id" and value is not None:
                raise InvalidBody(f"{name} cannot be set; leave it out.")


def _read(name: str, value: Any) -> Any:
    field = FIELDS[name]
    if value is None and field.nullable:
        return None
    try:
        return field.read(value) if field.read else value
    except ValueError as error:
        raise InvalidBody(f"{name} {error}.") from error


def _checked_id(value: Any) -> str:
    try:
        return readers.aliexpress_id(value)
    except ValueError as error:
        raise InvalidBody(f"aliexpress_id {error}.") from error
