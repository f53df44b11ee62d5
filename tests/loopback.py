"""A site of given pages on this machine, which remembers what was asked of it."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROBOTS = "User-agent: *\nDisallow: /search/\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Reply:
    """What the site answers: a body, or a redirect by its `location`.

    `length` is what the header says of the body, None for no header at all; the connection is
    closed behind a body that is not as long as was said.
    """

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = -1

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


class Server(ThreadingHTTPServer):
    """Says nothing of clients that have gone, as browsers do when a page is closed."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


Pages = Mapping[str, str | Reply | Callable[[], str | Reply]]


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class LoopbackSite:
    """Serves `pages` by path with query, else by path; anything else is 404."""

    pages: dict[str, str | Reply | Callable[[], str | Reply]]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    def reply(self, path: str) -> Reply:
        found = self.pages.get(path, self.pages.get(path.partition("?")[0]))
        if found is None:
            return (
                Reply(ROBOTS, content_type="text/plain")
                if path == "/robots.txt"
                else Reply("not here", 404)
            )
        page = found() if callable(found) else found
        return page if isinstance(page, Reply) else Reply(page)


@contextmanager
def loopback_site(pages: Pages) -> Iterator[LoopbackSite]:
    """Serve pages on a free port of 127.0.0.1 until the block is left."""
    site = LoopbackSite(dict(pages))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            site.asked.append(Asked(self.path, dict(self.headers), self.rfile.read(length)))
            reply = site.reply(self.path)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            stated = len(reply.content) if reply.length == -1 else reply.length
            if stated is not None:
                self.send_header("Content-Length", str(stated))
            if reply.location:
                self.send_header("Location", reply.location)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.close_connection = stated != len(reply.content)
            self.end_headers()
            self.wfile.write(reply.content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Keep the tests' output readable."""

    with Server(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
