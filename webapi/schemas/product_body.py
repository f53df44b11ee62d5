"""Parse the JSON body of a request that creates, replaces or updates a product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from webapi.errors import InvalidBody
from webapi.schemas import values
from webapi.schemas.products import PRODUCT


@dataclass(frozen=True, slots=True)
class ProductBody:
    """The fields to write, and the `id` and `aliexpress_id` that were sent.

    Other read-only fields are ignored, so that clients can send back what they fetched.
    """

    values: Mapping[str, Any]
    identity: Mapping[str, Any]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> Self:
        """Parse a JSON object. Raise InvalidBody, which names the field."""
        for name in body:
            if name not in PRODUCT:
                raise InvalidBody(f"{name!r} is not a field of a product.")
        identity = {name: body[name] for name in ("id", "aliexpress_id") if name in body}
        if identity.get("aliexpress_id") is not None:
            identity["aliexpress_id"] = _parse("aliexpress_id", body, values.aliexpress_id)
        writable = {
            name: None if value is None and field.nullable else _parse(name, body, field.parse)
            for name, value in body.items()
            if (field := PRODUCT[name]).parse
        }
        return cls(writable, identity)

    def new_aliexpress_id(self) -> str | None:
        """Return the `aliexpress_id` of a product to create. Raise InvalidBody if it has an id."""
        if self.identity.get("id") is not None:
            raise InvalidBody("id cannot be set. Omit it.")
        new_id: str | None = self.identity.get("aliexpress_id")
        return new_id


def _parse(name: str, body: Mapping[str, Any], parse: values.Parser | None) -> Any:
    try:
        return parse(body[name]) if parse else body[name]
    except ValueError as error:
        raise InvalidBody(f"{name} {error}.") from error
