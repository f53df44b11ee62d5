"""What the views of the pages share: query parameters, links, and the response with a template."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, current_app, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from webapi.pages.pictures import PictureHosts

BLUEPRINT: Final = "pages"
PER_PAGE: Final = 24
"""Divisible by the 2, 3, 4 and 6 columns of the grid."""

PICTURE_HOSTS: Final = "aliscrape-picture-hosts"
"""The name of the application's PictureHosts among its extensions."""


def picture_hosts() -> PictureHosts:
    """Return the hosts that pages may load pictures from."""
    hosts: PictureHosts = current_app.extensions[PICTURE_HOSTS]
    return hosts


def given_parameters() -> MultiDict[str, str]:
    """Return the query parameters without empty ones: a form sends those for unset fields."""
    return MultiDict(
        [(name, text) for name, text in request.args.items(multi=True) if text.strip()]
    )


def html_response(template: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
    """Render a template."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-cache"
    return response
