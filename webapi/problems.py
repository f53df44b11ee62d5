"""Every error as `application/problem+json` (RFC 9457), without internals."""

import json
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, current_app
from flask_restx import Api
from werkzeug.exceptions import HTTPException

from db.database import StorageError
from webapi.errors import (
    CrawlNotFound,
    EditConflict,
    InvalidBody,
    InvalidQuery,
    KeyRequired,
    ProductExists,
    ProductNotFound,
    StaleCursor,
    TooManyAttempts,
    UnsupportedBody,
)
from webapi.keys import HEADER
from webapi.schemas.specification import complete

_STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    InvalidBody: HTTPStatus.BAD_REQUEST,
    InvalidQuery: HTTPStatus.BAD_REQUEST,
    StaleCursor: HTTPStatus.BAD_REQUEST,
    KeyRequired: HTTPStatus.UNAUTHORIZED,
    ProductNotFound: HTTPStatus.NOT_FOUND,
    CrawlNotFound: HTTPStatus.NOT_FOUND,
    EditConflict: HTTPStatus.PRECONDITION_FAILED,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    ProductExists: HTTPStatus.CONFLICT,
    UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What HTTP makes of the errors of the domain."""

_UNAVAILABLE: Final = "The database cannot be read now; the server's log says why."
UNEXPECTED: Final = "Something unexpected went wrong; the server's log says what."


def problem(error: Exception) -> Response:
    """The response that tells a client of an error."""
    if isinstance(error, HTTPException) and error.code is not None:
        allowed = error.get_response().headers.get("Allow")
        response = problem_response(HTTPStatus(error.code), error.description or "")
        if allowed is not None:
            response.headers["Allow"] = allowed
        return response
    status = _STATUSES.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        response = problem_response(status, str(error))
        if status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = f'ApiKey header="{HEADER}"'
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.seconds)
        return response
    current_app.logger.error("A request failed.", exc_info=error)
    known = status is HTTPStatus.SERVICE_UNAVAILABLE
    return problem_response(status, _UNAVAILABLE if known else UNEXPECTED)


def problem_response(status: HTTPStatus, detail: str) -> Response:
    """A problem, told in one sentence."""
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body) + "\n", status, mimetype="application/problem+json")


class ProblemApi(Api):  # type: ignore[misc]  # flask-restx ships no types
    """A Flask-RESTX API whose own errors are problems too, and whose answers have examples."""

    @cached_property
    def __schema__(self) -> dict[str, Any]:
        specification: dict[str, Any] = super().__schema__
        complete(specification)
        return specification

    def handle_error(self, e: Exception) -> Response:
        return problem(e)


def register_problems(app: Flask) -> None:
    """Make problems of the errors outside the API: unknown routes, wrong verbs, failures."""
    app.register_error_handler(Exception, problem)
