"""A real browser before a served catalog. Each test ends with a look at what the browser did."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from aliscrape.browser.finder import launch_options
from db.database import close_database, open_database
from tests.browsing.catalog import store_catalog
from tests.mockshop.server import MockShop, open_shop
from tests.webapi.server import serving

REFUSED = "the server responded with a status of"
"""Chromium writes into the console that a form was refused, or a picture is gone."""

Open = Callable[..., "Visit"]


@dataclass
class Visit:
    """A page of a browser, and what it has done since it was opened."""

    page: Page
    service: str
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, path: str, status: int = 200) -> None:
        response = self.page.goto(f"{self.service}{path}", wait_until="load")
        assert response is not None
        assert response.status == status

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser for a module: while it runs, no other test can have an event loop."""
    with sync_playwright() as playwright:
        options = launch_options("http://127.0.0.1", os.environ)
        browser = playwright.chromium.launch(**options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shop() -> Iterator[MockShop]:
    with open_shop() as shop:
        yield shop


@pytest.fixture(scope="module")
def service(shop: MockShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the service on products and crawls in every state that the pages show."""
    folder = tmp_path_factory.mktemp("catalog")
    database_url = f"sqlite:///{folder}/aliscrape.db"
    open_database(database_url)
    store_catalog(shop.url)
    close_database()
    with serving(database_url, folder, SITE_URL=shop.url) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, service: str, shop: MockShop) -> Iterator[Open]:
    """Open pages. At the end no script has complained, and no stranger was asked for anything."""
    visits: list[Visit] = []

    def open_page(**options: Any) -> Visit:
        context = browser.new_context(**options)
        opened = Visit(context.new_page(), service)
        opened.page.on("console", lambda message: opened.console.append(message.text))
        opened.page.on("pageerror", lambda error: opened.console.append(str(error)))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        visits.append(opened)
        return opened

    yield open_page
    ours = {urlsplit(service).netloc, urlsplit(shop.url).netloc}
    for opened in visits:
        opened.page.context.close()
        assert [text for text in opened.console if REFUSED not in text] == []
        assert opened.hosts <= ours
