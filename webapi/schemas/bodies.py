"""What was sent for a product, checked against the fields of a product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from db.models import Product
from webapi.errors import InvalidBody
from webapi.schemas import readers
from webapi.schemas.products import FIELDS, represent

Body = Mapping[str, Any]


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
