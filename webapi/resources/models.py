"""The OpenAPI models: representations, lists, request bodies and problems."""

from typing import Any, Final

from webapi.schemas.crawls import CRAWL
from webapi.schemas.fields import NULLABLE, Schema, object_schema
from webapi.schemas.history import OBSERVATION, PRICE_CHANGE, PRICE_SUMMARY
from webapi.schemas.products import PRICE_DROP, PRODUCT


def _reference(model: str) -> Schema:
    return {"$ref": f"#/definitions/{model}"}


def _list_of(model: str, **others: Schema) -> Schema:
    link = {"type": "string", "description": "a path on this host", **NULLABLE}
    properties = {
        "items": {"type": "array", "items": _reference(model)},
        **others,
        "total": {"type": "integer", "minimum": 0, "example": 60},
        "next": link | {"example": "/api/v1/products?cursor=WyJhZnRlciIsW10sMjVd"},
        "prev": link | {"example": "/api/v1/products?cursor=WyJiZWZvcmUiLFtdLDI2XQ"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _with_optional(schema: Schema, **properties: Any) -> Schema:
    return {**schema, "properties": {**schema["properties"], **properties}}


_BODY: Final = object_schema(PRODUCT) | {
    "description": "Read-only fields are ignored; id and aliexpress_id must be the product's.",
    "additionalProperties": False,
    "example": {"title": "Canvas shoes, size 42", "currency": "USD", "price": "19.90"},
}

MODELS: Final[dict[str, Schema]] = {
    "Product": object_schema(PRODUCT),
    "ListedProduct": _with_optional(
        object_schema(PRODUCT), **{name: one.documentation for name, one in PRICE_DROP.items()}
    ),
    "ProductList": _list_of("ListedProduct"),
    "NewProduct": _BODY | {"required": ["title"]},
    "ProductChanges": {name: part for name, part in _BODY.items() if name != "required"},
    "Observation": object_schema(OBSERVATION),
    "PriceChange": object_schema(PRICE_CHANGE) | NULLABLE,  # beside a reference it is ignored
    "PriceSummary": _with_optional(
        object_schema(PRICE_SUMMARY), last_change=_reference("PriceChange")
    ),
    "History": _list_of(
        "Observation", prices={"type": "array", "items": _reference("PriceSummary")}
    ),
    "Crawl": object_schema(CRAWL),
    "CrawlList": _list_of("Crawl"),
    "Problem": {
        "type": "object",
        "description": "an error, RFC 9457",
        "properties": {
            "type": {"type": "string", "example": "about:blank"},
            "title": {"type": "string", "example": "Bad Request"},
            "status": {"type": "integer", "example": 400},
            "detail": {"type": "string", "example": "limit must be a whole number from 1 to 100."},
        },
        "required": ["type", "title", "status", "detail"],
    },
}
