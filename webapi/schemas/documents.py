"""The documents of the API for Swagger: lists, bodies and problems."""

from typing import Any, Final

from webapi.schemas.products import FIELDS, OBSERVED

Schema = dict[str, Any]

_LINK: Final[Schema] = {
    "type": "string",
    "description": "relative to this host",
    "example": "/api/v1/products?limit=25&cursor=YWZ0ZXI6MjU",
    "x-nullable": True,
}

PRODUCT: Final[Schema] = {
    "type": "object",
    "properties": {name: field.documentation for name, field in FIELDS.items()},
    "required": list(FIELDS),
}

PRODUCT_LIST: Final[Schema] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": PRODUCT},
        "total": {"type": "integer", "minimum": 0, "example": 25},
        "next": _LINK,
        "prev": _LINK,
    },
    "required": ["items", "total", "next", "prev"],
}

HISTORY: Final[Schema] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: field.documentation for name, field in OBSERVED.items()},
                "required": list(OBSERVED),
            },
        }
    },
    "required": ["items"],
}

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
