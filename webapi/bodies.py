"""From the bytes of a request to a JSON object, strictly."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from flask import Request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import RequestEntityTooLarge

from webapi.errors import InvalidBody, UnsupportedBody

MEDIA_TYPES: Final = ("application/json", "application/merge-patch+json")
LARGEST_BODY: Final = 64 * 1024
"""In bytes; Flask refuses more before it is read."""


def read_object(request: Request) -> Mapping[str, Any]:
    """The JSON object that a request carries, its numbers as int and Decimal.

    Raises UnsupportedBody for another media type and InvalidBody for anything but an object;
    NaN, Infinity and a field that stands twice are no JSON here.
    """
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedBody(f"Send {MEDIA_TYPES[0]}, and say so in Content-Type.")
    try:
        sent = request.get_data()
    except ParseException as error:  # the server finds out while it reads
        raise InvalidBody("The body's chunks cannot be read.") from error
    if request.content_length is None and len(sent) >= LARGEST_BODY:
        raise RequestEntityTooLarge  # the rest was left unread: its length had not been said
    try:
        body = _DECODER.decode(sent.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidBody("The body is not JSON that can be read.") from error
    if not isinstance(body, dict):
        raise InvalidBody("The body must be a JSON object.")
    return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands twice")
    return fields


_DECODER: Final = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_unique
)
