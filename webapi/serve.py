"""Serve the API and the web pages until Ctrl-C: `python -m webapi.serve HOST PORT [PATH_PREFIX]`.

The server is granian. It receives requests outside of Python, so that clients who send half of one
occupy no thread.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer
from granian.wsgi import Response

from db.database import use_database
from db.errors import StorageError
from webapi import create_service
from webapi.access_log import LOGGING, log_response
from webapi.listening import address_of, listening_problem
from webapi.resources.metrics import FOLDER
from webapi.security import Application, Environment

WORKERS: Final = 2
THREADS: Final = 40
"""Threads of each worker. `capacity` keeps slow clients and waiting writers from taking all."""
HEADER_SECONDS: Final = 30
"""How long a client may take to send a request without its body."""
STOP_SECONDS: Final = 20
"""How long responses that have begun may take to end after SIGTERM."""
INTERRUPT_SECONDS: Final = 1
"""The same after Ctrl-C."""

BEYOND_THIS_MACHINE: Final = (
    "Listening beyond this machine: whoever reaches %s can read all products, and keys travel "
    "unencrypted unless a proxy with TLS stands before it. List the names that it is reached by in "
    "ALISCRAPE_TRUSTED_HOSTS."
)


class Server(MPServer):
    """Granian, which ends sooner after Ctrl-C than after SIGTERM."""

    def signal_handler_interrupt(self, number: int, *_: object) -> None:
        if os.getpid() != cast("int", self.pid):  # granian's type is that before the start
            os._exit(0)  # a worker that was just forked, and has no handler of its own yet
        if number == signal.SIGINT:
            self.workers_kill_timeout = INTERRUPT_SECONDS
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]  # granian has no types for it

    def signal_handler_reload(self, *_: object) -> None:
        """Stop when the terminal is closed (SIGHUP), instead of starting other workers."""
        self.signal_handler_interrupt(signal.SIGINT)


def serve(application: Application, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM. The workers are forked from this process."""
    multiprocessing.set_start_method("fork")
    server = Server(
        "webapi",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=WORKERS,
        blocking_threads=THREADS,
        workers_kill_timeout=STOP_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        respawn_failed_workers=True,
        log_dictconfig=LOGGING,
    )
    server.serve(target_loader=partial(_start_worker, application, os.getpid()), wrap_loader=False)


def _start_worker(application: Application, parent: int) -> Any:
    """Return the WSGI application of a worker, in its process."""
    # The terminal sends Ctrl-C to all processes. The main one tells the workers to stop, and only
    # the thread that waits for that is told. Granian's threads inherit this.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    has_begun = threading.Event()
    threading.Thread(target=_wait_for_stop, args=(parent, has_begun), daemon=True).start()
    return partial(_respond, application, has_begun)


def _wait_for_stop(parent: int, has_begun: threading.Event) -> None:
    """Stop this worker on SIGTERM, and when the main process has been killed.

    Granian never ends after a SIGTERM that comes before it serves. A worker that has not begun a
    response has nothing to end, so it exits at once.
    """
    while signal.sigtimedwait({signal.SIGTERM}, 1) is None and os.getppid() == parent:
        pass
    if not has_begun.is_set():
        os._exit(0)
    stop = cast("Callable[[int, None], None]", signal.getsignal(signal.SIGTERM))  # granian's own
    stop(signal.SIGTERM, None)


def _respond(
    application: Application,
    has_begun: threading.Event,
    environ: Environment,
    start_response: Response,
) -> Any:
    """Return a response, and log it. If it is complete, granian sends it without this thread.

    Granian says that it has read a request's body to its end, even if the client has gone before.
    Without that, werkzeug compares the body with its Content-Length.
    """
    has_begun.set()
    if environ.get("CONTENT_LENGTH"):
        environ.pop("wsgi.input_terminated", None)
    begun, status = time.perf_counter(), int(HTTPStatus.INTERNAL_SERVER_ERROR)
    try:
        response = application(environ, start_response)
        if _is_complete(start_response):
            response = _read(response)
        status = start_response.status
    finally:
        log_response(environ, status, time.perf_counter() - begun)
    return response


def _is_complete(response: Response) -> bool:
    """Return whether a response is made, so that reading it does not wait for a client."""
    return response.status == HTTPStatus.NOT_MODIFIED or any(
        name.lower() == "content-length" for name, _ in response.headers
    )


def _read(response: Any) -> list[bytes]:
    """Return the body of a response, and close it as WSGI requires."""
    try:
        return list(response)
    finally:
        getattr(response, "close", lambda: None)()


def main(arguments: Sequence[str]) -> None:
    """Serve on HOST and PORT, or exit with 1 and say in one line why that is impossible."""
    if len(arguments) not in {2, 3}:
        sys.exit("Usage: python -m webapi.serve HOST PORT [PATH_PREFIX]")
    host, port, *prefix = arguments
    problem = listening_problem(host, port)
    if problem is not None:
        sys.exit(problem)
    with TemporaryDirectory(prefix="aliscrape-metrics-") as folder:
        os.environ[FOLDER] = folder  # read when prometheus-client is imported
        _serve(host, port, prefix)


def _serve(host: str, port: str, prefix: Sequence[str]) -> None:
    app = create_service({"SCRIPT_NAME": prefix[0]} if prefix else None)
    if not app.config["ALISCRAPE_API_KEY"].isascii():
        sys.exit("The service cannot start. Keys in ALISCRAPE_API_KEY must be ASCII, as headers.")
    address = address_of(host)
    if not ip_address(address).is_loopback:
        app.logger.warning(BEYOND_THIS_MACHINE, host)
    try:
        with use_database():
            serve(app, address, int(port))
    except StorageError as error:
        sys.exit(f"The service has stopped. {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
