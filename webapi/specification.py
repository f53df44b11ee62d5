"""Complete the specification that flask-restx makes: errors with examples, models, security."""

from http import HTTPStatus
from typing import Any, Final

Schema = dict[str, Any]

MEDIA_TYPES: Final = ["application/json", "application/problem+json"]

PROBLEMS: Final = {
    400: ("Invalid request", "limit must be a whole number from 1 to 100."),
    401: ("Missing or wrong API key", "Missing or wrong API key. Send it in the X-API-Key header."),
    404: ("Not found", "There is no product 7."),
    409: ("Already stored", "Product 7 has the aliexpress_id 1005006123456789 already."),
    412: ("Changed since", "Product 7 has changed since you fetched it. Fetch it and try again."),
    413: ("Body too large", "The data value transmitted exceeds the capacity limit."),
    414: ("URL too long", "The query parameters are too long: at most 2000 bytes."),
    415: ("Not JSON", "Send JSON, with Content-Type: application/json."),
    429: ("Too many wrong API keys", "Too many wrong API keys. Wait a minute and try again."),
    431: ("Header too long", "A header is too long."),
    503: (
        "Database unavailable, or too many requests of this kind at a time",
        "The database cannot be used now. See the server's log.",
    ),
}
"""The statuses of errors, each with its description and an example of its detail."""

_RETRY_AFTER: Final = {
    "Retry-After": {"type": "integer", "description": "seconds to wait, where that helps"}
}
_EVERYWHERE: Final = (414, 431, 503)
_METHODS: Final = ("parameters", "get", "post", "put", "patch", "delete")
"""The order of a path's operations: reads before writes."""


def complete(specification: Schema, models: dict[str, Schema]) -> None:
    """Add what is missing: errors of every operation, `security: []` of reads, named models.

    Operations are put in the order in which Swagger UI shows them: reads before writes.

    flask-restx leaves out models that only other models refer to.
    """
    specification["produces"] = MEDIA_TYPES
    specification["definitions"] |= models
    for name, path in specification["paths"].items():
        specification["paths"][name] = {key: path[key] for key in _METHODS if key in path}
        for operation in path.values():
            if "responses" in operation:  # and not the list of the path's parameters
                _complete(operation)


def _complete(operation: Schema) -> None:
    operation.setdefault("security", [])
    problem = {"schema": {"$ref": "#/definitions/Problem"}}
    for status in _EVERYWHERE:
        operation["responses"][str(status)] = {"description": PROBLEMS[status][0], **problem}
    operation["responses"]["503"]["headers"] = _RETRY_AFTER
    for status, response in operation["responses"].items():
        if int(status) in PROBLEMS:
            response["examples"] = {"application/problem+json": _example(int(status))}


def _example(status: int) -> Schema:
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": PROBLEMS[status][1]}
