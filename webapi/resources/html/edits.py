"""From the texts of the edit form to the values of the API's request body."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from db.edits import AMOUNTS
from db.models import Product
from webapi.errors import InvalidBody
from webapi.pages.edit_form import Sent
from webapi.pages.known import LABELS
from webapi.schemas.product_body import ProductBody

_NUMBERS: Final = frozenset({"star_rating", "units_sold"})


def read_edit(product: Product, sent: Sent) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values to write, and the API's message for each field that has a wrong value.

    With another currency all amounts of the form are written, because they mean other money then.
    """
    texts = sent.touched(product)
    if "currency" in texts:
        texts |= {name: sent.texts[name] for name in AMOUNTS if name in sent.texts}
    values, errors = _parse(texts)
    if sent.released:
        values["edited_fields"] = product.edited_fields - sent.released
    return values, errors


def field_errors(message: str) -> dict[str, str]:
    """Return the field that a message of the API begins with, and the message."""
    name = message.split(maxsplit=1)[0].strip("':")
    return {name: message} if name in LABELS else {}


def _parse(texts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        try:
            values |= ProductBody.parse({name: _json_value(name, text)}).values
        except InvalidBody as error:
            errors[name] = str(error)
    return values, errors


def _json_value(name: str, text: str) -> Any:
    """Return a text as JSON has it; an empty field is null."""
    text = text.strip()
    if not text:
        return None
    if name in _NUMBERS:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    return text
