"""Errors as pages for people, and as problems for programs."""

import json
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from webapi.problems import problem
from webapi.resources.html.rendering import BLUEPRINT, html_response

_FOR_PROGRAMS: Final = ("/api/", "/feeds/", "/health/")


def register_errors(app: Flask) -> None:
    """Answer every error outside the API: unknown addresses, wrong methods, failures."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response:
    """Return a page for the web pages and for browsers, and a problem for everybody else."""
    response = problem(error)
    if request.blueprint != BLUEPRINT and not _is_browser():
        return response
    status = HTTPStatus(response.status_code)
    detail = json.loads(response.get_data())["detail"]
    heading = status.phrase
    if status is HTTPStatus.NOT_FOUND and request.blueprint == BLUEPRINT:
        heading, detail = detail.rstrip("."), "It may have been deleted, or the address is wrong."
    elif status is HTTPStatus.NOT_FOUND:
        heading, detail = "This page does not exist", "The address may be mistyped."
    page = html_response("error.html", status, number=status.value, heading=heading, detail=detail)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            page.headers[name] = response.headers[name]
    return page


def _is_browser() -> bool:
    """Return whether the client asks for HTML by name, outside the addresses for programs."""
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    offered = ["application/problem+json", "text/html"]
    return request.accept_mimetypes.best_match(offered) == "text/html"
