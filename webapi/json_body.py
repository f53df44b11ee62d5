"""Parse the JSON body of a request, strictly."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from webapi.errors import InvalidBody, UnsupportedBody

JSON_TYPES: Final = ("application/json", "application/merge-patch+json")
LARGEST_BODY: Final = 64 * 1024
"""In bytes. Flask refuses a larger Content-Length before it reads the body."""


def read_json_object(request: Request) -> Mapping[str, Any]:
    """Return the JSON object in a request's body, with numbers as int and Decimal.

    Raises UnsupportedBody for another media type, and InvalidBody for anything but an object. NaN,
    Infinity, numbers beyond those of Decimal and repeated fields are refused.
    """
    if request.mimetype not in JSON_TYPES:
        raise UnsupportedBody(f"Send JSON, with Content-Type: {JSON_TYPES[0]}.")
    try:
        body = _DECODER.decode(_read(request).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidBody("The request body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise InvalidBody("The request body must be a JSON object.")
    return body


def _read(request: Request) -> bytes:
    try:
        data = request.get_data()
    except HTTPException:
        raise
    except Exception as error:  # each WSGI server has its own error for malformed chunks
        raise InvalidBody("The request body could not be read.") from error
    if request.content_length is None and len(data) >= LARGEST_BODY:
        raise RequestEntityTooLarge  # the rest was not read, because its length was unknown
    return data


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError("the exponent of a number is beyond 18 digits") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is repeated")
    return fields


_DECODER: Final = json.JSONDecoder(
    parse_float=_decimal, parse_constant=_refuse, object_pairs_hook=_unique
)
