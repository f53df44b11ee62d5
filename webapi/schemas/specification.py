"""What the specification says besides what flask-restx writes: examples and media types."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

Schema = dict[str, Any]

_DETAILS: Final = {
    "400": "limit must be a number from 1 to 100.",
    "401": "Writing needs one of this service's keys in the header X-API-Key.",
    "404": "There is no product 7.",
    "409": "Product 7 has the aliexpress_id 1005006123456789 already.",
    "412": "Product 7 is not the one that If-Match names: it has been changed since.",
    "413": "The body is too large.",
    "414": "The address is too long: with the method it can have 8,190 bytes.",
    "415": "Send application/json, and say so in Content-Type.",
    "429": "Too many wrong keys; wait a minute and try again.",
    "431": "The headers are too long: each can have 8,190 bytes.",
    "503": "The database cannot be read now; the server's log says why.",
}
"""What the errors of each status say, for example."""

_BY_THE_SERVER: Final[Mapping[str, str]] = {
    "414": "The address is too long",
    "431": "A header is too long",
}
"""What any operation may be refused with before it is reached."""

_PROBLEM: Final[Schema] = {"$ref": "#/definitions/Problem"}
MEDIA_TYPES: Final = ["application/json", "application/problem+json"]


def complete(specification: Schema) -> None:
    """Add the errors of the server itself, and an example of each response, made of its fields'."""
    specification["produces"] = MEDIA_TYPES
    for path in specification["paths"].values():
        for operation in path.values():
            _add_refusals(operation)
            for status, response in _responses(operation):
                response["examples"] = _example(status, response, specification["definitions"])


def _add_refusals(operation: Any) -> None:
    if isinstance(operation, dict):
        for status, description in _BY_THE_SERVER.items():
            operation["responses"][status] = {"description": description, "schema": _PROBLEM}


def _responses(operation: Any) -> list[tuple[str, Schema]]:
    """The responses of an operation that have a body; beside operations stand parameters."""
    if not isinstance(operation, dict):
        return []
    return [(code, one) for code, one in operation["responses"].items() if "schema" in one]


def _example(status: str, response: Schema, definitions: Schema) -> Schema:
    if status in _DETAILS:
        title = HTTPStatus(int(status)).phrase
        problem = {"type": "about:blank", "title": title, "status": int(status)}
        return {"application/problem+json": problem | {"detail": _DETAILS[status]}}
    return {"application/json": _made_of(response["schema"], definitions)}


def _made_of(schema: Schema, definitions: Schema) -> Any:
    if "$ref" in schema:
        return _made_of(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "example" in schema:
        return schema["example"]
    if schema["type"] == "array":
        return [_made_of(schema["items"], definitions)]
    return {name: _made_of(part, definitions) for name, part in schema["properties"].items()}
