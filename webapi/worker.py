"""The worker that gunicorn runs the service with: what is no request gets a problem too.

What the server refuses by itself never reaches the application: an address or a header that is too
long, or bytes that are no HTTP.
"""

from http import HTTPStatus
from socket import socket
from typing import Any, Final

from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from webapi.problems import UNEXPECTED, problem_response
from webapi.security import harden

_OWN: Final = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
"""What gunicorn keeps among errors of requests, but is the service's fault."""

_REFUSED: Final[dict[type[Exception], tuple[HTTPStatus, str]]] = {
    LimitRequestLine: (
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "The address is too long: with the method it can have 8,190 bytes.",
    ),
    LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers are too long: each can have 8,190 bytes.",
    ),
    UnsupportedTransferCoding: (
        HTTPStatus.NOT_IMPLEMENTED,
        "Of transfer codings the service knows chunked only.",
    ),
    ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "Of expectations the service knows 100-continue only.",
    ),
}
_MALFORMED: Final = (HTTPStatus.BAD_REQUEST, "That is not HTTP that can be read.")


class ProblemWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Threads that serve, and answer what they cannot read in the words of the service."""

    def handle_error(
        self,
        req: Any,  # noqa: ARG002  # what gunicorn hands over
        client: socket,
        addr: Any,
        exc: Exception,
    ) -> None:
        """Answer a request that could not be handed on, and log it without what it says.

        An address may have somebody's key in it by mistake, so that none is logged.
        """
        if isinstance(exc, ParseException) and not isinstance(exc, _OWN):
            status, detail = _REFUSED.get(type(exc), _MALFORMED)
            self.log.warning("Refused a request from %s: %s.", addr and addr[0], status.phrase)
        else:
            status, detail = HTTPStatus.INTERNAL_SERVER_ERROR, UNEXPECTED
            self.log.error("A request could not be answered.", exc_info=exc)
        try:
            write_nonblock(client, _answer(status, detail))
        except OSError:
            self.log.debug("The client had gone.")


def _answer(status: HTTPStatus, detail: str) -> bytes:
    response = problem_response(status, detail)
    harden(response)
    response.headers["Connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    body: bytes = response.get_data()
    return f"HTTP/1.1 {status} {status.phrase}\r\n{head}\r\n".encode("latin-1") + body
