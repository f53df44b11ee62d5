"""Serve the mock shop on a port of this machine, with a log of its requests."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.loopback import Server
from tests.mockshop import pages
from tests.mockshop.departments import DEPARTMENTS, department_page
from tests.mockshop.pages import Visitor
from tests.mockshop.pictures import picture
from tests.mockshop.product_pages import (
    TOKEN,
    number_of,
    product_page,
    query_reply,
    reply_seconds,
)
from tests.products import QUERY, gone, reply, shell

ROBOTS: Final = """User-agent: *
Disallow: /search/
Disallow: /wholesale?
Disallow: /product/
Disallow: /productdetail/
Disallow: /api/
"""
_SEARCH: Final = re.compile(r"/w/wholesale-([a-z0-9-]+)\.html")

_ITEM: Final = re.compile(r"/item/([0-9]+)\.html")


@dataclass(frozen=True)
class Answer:
    """A response of the shop."""

    content_type: str
    body: str
    cookie: str | None = None
    seconds: float = 0.0
    """How long it takes."""
    status: int = 200


@dataclass
class MockShop:
    """The shop on one of its days. `day` may be changed while the shop is open.

    `query_url` is the host that the scripts of its product pages ask.
    """

    day: int = 1
    url: str = ""
    query_url: str = ""
    asked: list[str] = field(default_factory=list)
    visits: list[tuple[str, Visitor]] = field(default_factory=list)
    """Who has asked for each path."""
    unlisted: set[int] = field(default_factory=set)
    """The numbers of the shoes that have left the listings."""
    changed: Callable[[str, Answer | None], Answer | None] | None = None
    """On a bad day: what is sent instead of the answer to a path."""
    removed: set[int] = field(default_factory=set)
    """The numbers of the shoes that are no longer sold. Their pages say so."""

    def answer(self, path: str, cookie: str) -> Answer | None:
        """Return the response to a request, or None if the shop has no such page."""
        self.asked.append(path)
        self.visits.append((path, Visitor.of(cookie)))
        parts = urlsplit(path)
        number = parse_qs(parts.query).get("page", ["1"])[0]
        page = int(number) if number.isdecimal() and int(number) > 0 else 1
        if parts.path == "/robots.txt":
            return Answer("text/plain", ROBOTS)
        if parts.path in pages.PICTURES:
            return Answer("image/svg+xml", picture(pages.PICTURES[parts.path]))
        if parts.path == QUERY:
            return self._reply(parts.query, cookie)
        html = self._page(parts.path, page, Visitor.of(cookie))
        if html is None:
            return None
        here = urlsplit(self.url).netloc
        return Answer("text/html; charset=utf-8", html.replace(pages.PICTURE_HOST, here))

    def _reply(self, query: str, cookie: str) -> Answer:
        asked = json.loads(parse_qs(query).get("data", ["{}"])[0])
        number = asked.get("productId", "")
        if number_of(number) in self.removed and TOKEN in cookie:
            return Answer("application/javascript", reply(gone(number)))
        text, token = query_reply(number, Visitor.of(cookie), self.day, cookie)
        return Answer("application/javascript", text, token, reply_seconds(number))

    def _page(self, path: str, page: int, visitor: Visitor) -> str | None:
        rooms: dict[str, Callable[[], str]] = {
            "/all-wholesale-products.html": lambda: pages.index(visitor, self.day),
            pages.MENS_SHOES: lambda: pages.mens_shoes(visitor, self.day),
            pages.CASUAL_SHOES: lambda: pages.casual_shoes(visitor, self.day, page, self.unlisted),
        }
        if path in rooms:
            return rooms[path]()
        if path in DEPARTMENTS:
            return department_page(path, page, visitor, self.day)
        item = _ITEM.fullmatch(path)
        if item and number_of(item[1]) in self.removed:
            return shell(item[1], self.query_url)
        if item:
            return product_page(item[1], visitor, self.day, self.query_url)
        search = _SEARCH.fullmatch(path)
        return pages.search(visitor, self.day, page, search[1].split("-")) if search else None


@contextmanager
def open_shop(port: int = 0, day: int = 1) -> Iterator[MockShop]:
    """Open the shop on 127.0.0.1 until the block ends. Port 0 takes a free port."""
    shop = MockShop(day)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = shop.answer(self.path, self.headers.get("Cookie", ""))
            if shop.changed is not None:
                answer = shop.changed(self.path, answer)
            sent = answer or Answer("text/plain", "The shop has no such page.\n", status=404)
            time.sleep(sent.seconds)
            body = sent.body.encode()
            self.send_response(sent.status)
            self.send_header("Content-Type", sent.content_type)
            self.send_header("Content-Length", str(len(body)))
            if sent.cookie:
                self.send_header("Set-Cookie", sent.cookie)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing: `asked` is the log."""

    with (
        Server(("127.0.0.1", port), Handler) as server,
        Server(("127.0.0.1", 0), Handler) as query_server,
    ):
        shop.url = f"http://127.0.0.1:{server.server_port}"
        shop.query_url = f"http://127.0.0.1:{query_server.server_port}"
        threads = [threading.Thread(target=s.serve_forever) for s in (server, query_server)]
        for thread in threads:
            thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            query_server.shutdown()
            for thread in threads:
                thread.join()
