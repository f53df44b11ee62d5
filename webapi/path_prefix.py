"""Serve everything under a path such as /shoes, which a proxy passes on unchanged.

The operator sets it. What clients say in headers is ignored.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from webapi.errors import InvalidSetting
from webapi.problems import problem_response
from webapi.security import HEADERS, Application, Environment

_PREFIX: Final = re.compile(r"(/[\w~-][\w.~-]*)*", re.ASCII)


class PathPrefix:
    """A WSGI application under a path. It responds with 404 to everything else."""

    def __init__(self, application: Application, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        prefix, path = self._prefix, environ["PATH_INFO"]
        if path != prefix and not path.startswith(f"{prefix}/"):
            refusal = problem_response(HTTPStatus.NOT_FOUND, f"This service is at {prefix}/.")
            refusal.headers.update(HEADERS)
            return refusal(environ, start_response)
        there = {"SCRIPT_NAME": prefix, "PATH_INFO": path.removeprefix(prefix) or "/"}
        return self._application(environ | there, start_response)


def parse_prefix(text: str) -> str:
    """Return a path without a slash at its end, or "" for the root. Raises InvalidSetting."""
    path = text.strip("/")
    prefix = f"/{path}" if path else ""
    if not _PREFIX.fullmatch(prefix):
        raise InvalidSetting(f"SCRIPT_NAME is {text!r}; it must be a path, like /shoes.")
    return prefix
