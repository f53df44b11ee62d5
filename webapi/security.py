"""Security headers, trusted host names and CORS."""

import os
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from flask import Flask, Response, request
from flask_cors import CORS
from werkzeug.exceptions import BadRequest
from werkzeug.sansio.utils import host_is_trusted

from webapi.keys import HEADER

OWN_NAMES: Final = ("localhost", "127.0.0.1")
"""Host names of this machine. Others are listed in ALISCRAPE_TRUSTED_HOSTS."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {pictures}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of our own pages: our own files, pictures of the shop, and nothing inline."""
SWAGGER_UI: Final = "api.doc"

_INLINE: Final = re.compile(rb"<(script|style)(?:\s[^>]*)?>(.+?)</\1>", re.DOTALL)
_STYLED: Final = re.compile(rb'\sstyle="([^"]*)"')


def secure(app: Flask, hosts: str, origins: str, pictures: str) -> None:
    """Refuse requests for untrusted hosts, and add security headers to every response.

    The host is checked because of forged Host headers and DNS rebinding. `hosts` and `origins` are
    separated by commas. Without `origins`, scripts of other sites cannot read responses.
    `pictures` are the hosts that pages may load pictures from, as the policy lists them.
    """
    trusted = [*OWN_NAMES, *_listed(hosts.lower())]
    # Not Flask's TRUSTED_HOSTS: flask-restx asks for the route of a refused request, and fails.
    app.before_request(lambda: _refuse_other_hosts(trusted))
    page_policy = PAGE_POLICY.format(pictures=pictures)
    app.after_request(lambda response: _add_headers(response, page_policy))
    _forbid_debugging(app)
    if origins:
        CORS(
            app,
            origins=[origin.rstrip("/") for origin in _listed(origins)],  # as browsers send them
            allow_headers=["Content-Type", HEADER, "If-Match", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location"],
        )


def _refuse_other_hosts(trusted: Sequence[str]) -> None:
    if not host_is_trusted(request.host.lower(), trusted):  # names are case-insensitive
        raise BadRequest("This service has no such host name. Add it to ALISCRAPE_TRUSTED_HOSTS.")


def _listed(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _forbid_debugging(app: Flask) -> None:
    """Keep Flask's debugger off: it lets clients run code on this machine."""
    if os.environ.pop("FLASK_DEBUG", None):
        app.logger.warning("FLASK_DEBUG is ignored, because its debugger lets clients run code.")
    app.debug = False


def _add_headers(response: Response, page_policy: str) -> Response:
    if response.mimetype == "text/html":
        is_ours = request.endpoint != SWAGGER_UI
        response.headers["Content-Security-Policy"] = (
            page_policy if is_ours else _swagger_policy(response.get_data())
        )
    if response.location and response.location.startswith(request.host_url):
        # werkzeug's redirects are absolute, with our scheme, which is not that of a proxy
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _swagger_policy(page: bytes) -> str:
    """Allow our own files, and by their hashes the inline scripts and styles of Swagger UI's page.

    Nothing in that page was written by anybody else.
    """
    inline = _INLINE.findall(page)
    scripts = [_hash(text) for kind, text in inline if kind == b"script"]
    styles = [_hash(text) for kind, text in inline if kind == b"style"]
    attributes = [_hash(text) for text in _STYLED.findall(page)]
    return (
        "default-src 'none'; "
        f"script-src 'self' {' '.join(scripts)}; "
        f"style-src 'self' 'unsafe-hashes' {' '.join(styles + attributes)}; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _hash(text: bytes) -> str:
    return f"'sha256-{b64encode(sha256(text).digest()).decode()}'"
