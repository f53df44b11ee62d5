"""The documents of the API for Swagger: lists, bodies and problems."""

from typing import Any, Final

from webapi.schemas.crawls import CRAWL as CRAWL_FIELDS
from webapi.schemas.fields import document
from webapi.schemas.history import OBSERVED, PRICES
from webapi.schemas.products import DROP_FIELDS, FIELDS

Schema = dict[str, Any]

_LINK: Final[Schema] = {
    "type": "string",
    "description": "relative to this host",
    "x-nullable": True,
    "example": None,
}


def _list_of(item: Schema, **others: Schema) -> Schema:
    properties = {
        "items": {"type": "array", "items": item},
        **others,
        "total": {"type": "integer", "minimum": 0, "example": 1},
        "next": _LINK,
        "prev": _LINK,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


PRODUCT: Final[Schema] = document(FIELDS)
_DROPS: Final[Schema] = {
    name: {**field.documentation, "description": f"{field.schema['description']}; only in lists of "
           "dropped prices"}
    for name, field in DROP_FIELDS.items()
}  # fmt: skip
PRODUCT_LIST: Final[Schema] = _list_of(
    {**PRODUCT, "properties": {**PRODUCT["properties"], **_DROPS}}
)
HISTORY: Final[Schema] = _list_of(
    document(OBSERVED),
    prices={
        "type": "array",
        "description": "what the prices of the whole history come to, per currency",
        "items": document(PRICES),
    },
)
CRAWL: Final[Schema] = document(CRAWL_FIELDS)
CRAWL_LIST: Final[Schema] = _list_of(CRAWL)

_EDIT: Final[Schema] = {
    "type": "object",
    "description": (
        "Fields that are read-only are accepted with their present value, so that what was "
        "fetched can be sent back. Amounts may be numbers too."
    ),
    "properties": {name: field.documentation for name, field in FIELDS.items()},
    "additionalProperties": False,
    "example": {"title": "Canvas shoes, size 42", "currency": "USD", "price": "19.90"},
}
PRODUCT_CHANGES: Final[Schema] = _EDIT
WHOLE_PRODUCT: Final[Schema] = {**_EDIT, "required": ["title"]}

PROBLEM: Final[Schema] = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "description": "the status in words", "example": "Bad Request"},
        "status": {"type": "integer", "example": 400},
        "detail": {
            "type": "string",
            "description": "what was wrong and what to do",
            "example": "limit must be a number from 1 to 100.",
        },
    },
    "required": ["type", "title", "status", "detail"],
}
