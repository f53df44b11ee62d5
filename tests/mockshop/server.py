"""The mock shop on a port of this machine; it keeps a log of what was asked of it."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.mockshop import pages
from tests.mockshop.pages import Visitor
from tests.mockshop.pictures import picture

ROBOTS: Final = """User-agent: *
Disallow: /search/
Disallow: /wholesale?
Disallow: /product/
Disallow: /productdetail/
Disallow: /api/
"""
_SEARCH: Final = re.compile(r"/w/wholesale-([a-z0-9-]+)\.html")

Answer = tuple[str, str]
"""A content type and a body."""


@dataclass
class MockShop:
    """The shop on one of its days; `day` may be set while it is open."""

    day: int = 1
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, cookie: str) -> Answer | None:
        """What the shop answers, or None where it has no page."""
        self.asked.append(path)
        parts = urlsplit(path)
        number = parse_qs(parts.query).get("page", ["1"])[0]
        page = int(number) if number.isdecimal() and int(number) > 0 else 1
        if parts.path == "/robots.txt":
            return "text/plain", ROBOTS
        if parts.path in pages.PICTURES:
            return "image/svg+xml", picture(pages.PICTURES[parts.path])
        html = self._page(parts.path, page, Visitor.of(cookie))
        if html is None:
            return None
        here = urlsplit(self.url).netloc
        return "text/html; charset=utf-8", html.replace(pages.PICTURE_HOST, here)

    def _page(self, path: str, page: int, visitor: Visitor) -> str | None:
        rooms: dict[str, Callable[[], str]] = {
            "/all-wholesale-products.html": lambda: pages.index(visitor, self.day),
            pages.MENS_SHOES: lambda: pages.mens_shoes(visitor, self.day),
            pages.CASUAL_SHOES: lambda: pages.casual_shoes(visitor, self.day, page),
        }
        if path in rooms:
            return rooms[path]()
        search = _SEARCH.fullmatch(path)
        return pages.search(visitor, self.day, page, search[1].split("-")) if search else None


@contextmanager
def open_shop(port: int = 0, day: int = 1) -> Iterator[MockShop]:
    """Open the shop on 127.0.0.1 until the block is left; port 0 takes a free one."""
    shop = MockShop(day)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = shop.answer(self.path, self.headers.get("Cookie", ""))
            content_type, text = answer or ("text/plain", "The shop has no such page.\n")
            body = text.encode()
            self.send_response(200 if answer else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet: `asked` is the log."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        shop.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            thread.join()
