"""Security headers, trusted host names and CORS."""

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, Final

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
API_HEADERS: Final = {**HEADERS, "Cache-Control": "no-cache"}
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {pictures}; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of our own pages: our own files, pictures of the shop, and nothing inline."""
SWAGGER_UI: Final = "api.doc"
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

Environment = dict[str, Any]
Application = Callable[[Environment, Any], Iterable[bytes]]

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
    is_trusted = lru_cache(maxsize=100)(partial(host_is_trusted, trusted_list=trusted))
    app.before_request(lambda: _refuse_other_hosts(is_trusted))
    page_policy = PAGE_POLICY.format(pictures=pictures)
    app.after_request(lambda response: _adapt(response, page_policy))
    app.wsgi_app = SecurityHeaders(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it
    _forbid_debugging(app)
    if origins:
        CORS(
            app,
            origins=[origin.rstrip("/") for origin in _listed(origins)],  # as browsers send them
            allow_headers=["Content-Type", HEADER, "If-Match", "If-None-Match"],
            expose_headers=["ETag", "Link", "Location"],
        )


class SecurityHeaders:
    """A WSGI application that adds the headers that its responses lack.

    They are added as late as here, because headers of Flask's responses take ten times as long.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        added = API_HEADERS if environ["PATH_INFO"].startswith("/api/") else HEADERS

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            headers += [header for header in added.items() if header[0].lower() not in present]
            return start_response(status, headers, *error)

        return self._application(environ, start)


def _refuse_other_hosts(is_trusted: Callable[[str], bool]) -> None:
    if not is_trusted(request.host.lower()):  # names are case-insensitive
        raise BadRequest("This service has no such host name. Add it to ALISCRAPE_TRUSTED_HOSTS.")


def _listed(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _forbid_debugging(app: Flask) -> None:
    """Keep Flask's debugger off: it lets clients run code on this machine."""
    if os.environ.pop("FLASK_DEBUG", None):
        app.logger.warning("FLASK_DEBUG is ignored, because its debugger lets clients run code.")
    app.debug = False


def _adapt(response: Response, page_policy: str) -> Response:
    """Set the policy of HTML pages, and make redirects relative."""
    if response.mimetype == "text/html":
        is_ours = request.endpoint != SWAGGER_UI
        response.headers["Content-Security-Policy"] = (
            page_policy if is_ours else _swagger_policy(response.get_data())
        )
    if response.status_code in REDIRECTS and (response.location or "").startswith(request.host_url):
        # werkzeug's redirects are absolute, with our scheme, which is not that of a proxy
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
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
