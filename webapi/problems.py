"""Return every error as `application/problem+json` (RFC 9457), without internals."""

import json
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

import orjson
from flask import Response, current_app
from flask_restx import Api
from werkzeug.exceptions import HTTPException

from db.curation import AlreadyStored
from db.edits import InvalidEdit
from db.errors import DRIVER_ERRORS, TEXT_TOO_LONG, StorageError, cause_of
from webapi import errors
from webapi.keys import HEADER
from webapi.specification import complete

_STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    errors.InvalidBody: HTTPStatus.BAD_REQUEST,
    errors.InvalidHeader: HTTPStatus.BAD_REQUEST,
    errors.InvalidQuery: HTTPStatus.BAD_REQUEST,
    InvalidEdit: HTTPStatus.BAD_REQUEST,
    errors.KeyRequired: HTTPStatus.UNAUTHORIZED,
    errors.ProductNotFound: HTTPStatus.NOT_FOUND,
    errors.CrawlNotFound: HTTPStatus.NOT_FOUND,
    AlreadyStored: HTTPStatus.CONFLICT,
    errors.EditConflict: HTTPStatus.PRECONDITION_FAILED,
    errors.QueryTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.UnsupportedBody: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NotInstalled: HTTPStatus.NOT_IMPLEMENTED,
}
"""The HTTP status of each error. Errors of the database are 503. All others are bugs: 500."""

_UNAVAILABLE: Final = "The database cannot be used now{}. See the server's log."
_NOT_STORED: Final = "Nothing was stored: {}."
_UNEXPECTED: Final = "Something unexpected went wrong. See the server's log."


def problem(error: Exception) -> Response:
    """Return the response for an error."""
    if isinstance(error, HTTPException) and error.code is not None:
        allowed = error.get_response().headers.get("Allow")
        response = problem_response(HTTPStatus(error.code), error.description or "")
        if allowed is not None:
            response.headers["Allow"] = allowed
        return response
    status = _STATUSES.get(type(error))
    if status is None:
        return _failure(error)
    response = problem_response(status, str(error))
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = f'ApiKey header="{HEADER}"'
    if isinstance(error, errors.TooManyAttempts | errors.TooBusy):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _failure(error: Exception) -> Response:
    """Log an error that is not the client's, and return the response for it."""
    if not isinstance(error, (StorageError, *DRIVER_ERRORS)):
        current_app.logger.error("A request failed.", exc_info=error)
        return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, _UNEXPECTED)
    cause = cause_of(error)
    if cause == TEXT_TOO_LONG:
        return problem_response(HTTPStatus.BAD_REQUEST, _NOT_STORED.format(cause))
    current_app.logger.error("The database failed: %s", cause or error, exc_info=error)
    because = f": {cause}" if cause else ""
    return problem_response(HTTPStatus.SERVICE_UNAVAILABLE, _UNAVAILABLE.format(because))


def problem_response(status: HTTPStatus, detail: str) -> Response:
    """Return a response with a problem."""
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return Response(json.dumps(body) + "\n", status, mimetype="application/problem+json")


class ProblemApi(Api):  # type: ignore[misc]  # flask-restx ships no types
    """A Flask-RESTX API that returns errors as problems and completes its specification."""

    @cached_property
    def __schema__(self) -> dict[str, Any]:
        specification: dict[str, Any] = super().__schema__
        models = {name: model.__schema__ for name, model in self.models.items()}
        complete(specification, models)
        return specification

    def make_response(
        self, data: Any, code: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Return what a resource returns as JSON, whatever type the client prefers."""
        body = orjson.dumps(data, option=orjson.OPT_APPEND_NEWLINE)
        return Response(body, code, headers, content_type="application/json")

    def handle_error(self, e: Exception) -> Response:
        return problem(e)
