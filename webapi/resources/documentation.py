"""Namespaces of the API, and the decorators that document its operations.

`@api.expect(parser)` and `marshal_with` of flask-restx are not used: its parsers ignore unknown
parameters and its fields accept too much, so that requests are parsed by `schemas`. The models are
JSON schemas that are made of the same field definitions.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask_restx import Namespace

from webapi.keys import HEADER
from webapi.resources.models import MODELS
from webapi.schemas.fields import Field, string
from webapi.schemas.query_parameters import parameter_documentation
from webapi.specification import PROBLEMS

Method = TypeVar("Method", bound=Callable[..., Any])

AUTHORIZATIONS: Final = {"key": {"type": "apiKey", "in": "header", "name": HEADER}}
ID: Final = "int(max=9223372036854775807)"
"""The URL converter of an id: the integers that a database can hold."""

products_ns = Namespace("products", description="Products and their price history")
crawls_ns = Namespace("crawls", description="Runs of the spiders")

models: Final = {name: products_ns.schema_model(name, schema) for name, schema in MODELS.items()}

ETAG_HEADER: Final = {"ETag": "the entity tag of the product, for If-Match and If-None-Match"}
LINK_HEADER: Final = {"Link": "the next and the previous page (RFC 8288)"}

_TAG: Final = '"3-0123456789ab"'
IF_MATCH: Final = {
    "If-Match": parameter_documentation("header", string("write only this version", _TAG))
}
IF_NONE_MATCH: Final = {
    "If-None-Match": parameter_documentation("header", string("return only other versions", _TAG))
}


def query_parameters(fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the documentation of query parameters."""
    return {name: parameter_documentation("query", field) for name, field in fields.items()}


def problems(*statuses: int) -> Callable[[Method], Method]:
    """Document the errors of an operation, besides those that every operation has."""

    def document(method: Method) -> Method:
        for status in statuses:
            products_ns.response(status, PROBLEMS[status][0], models["Problem"])(method)
        return method

    return document
