"""Run `make screenshots`: take pictures of the web pages with the demo's data.

Each page is taken in both themes, on a phone and on a desktop, into docs/screenshots. The text is
set in Inter, the first font of the stylesheet; where it is not installed the system's font stands
in, and the last line says so.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from aliscrape.browser.finder import launch_options
from tests.mockshop.demo import DATABASE, crawl_days, remove_old_database
from tests.mockshop.server import open_shop
from tests.webapi.server import serving

FOLDER: Final = Path("docs/screenshots")
FONT: Final = "Inter"
PAGES: Final = {"products": "/", "product": "/products/10", "crawls": "/crawls"}
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1440, "height": 1080}},
    "phone": {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2},
}
THEMES: Final = ("light", "dark")
_HAS_FONT: Final = """(font) => {
  const pen = document.createElement("canvas").getContext("2d");
  const width = (family) => {
    pen.font = `72px ${family}`;
    return pen.measureText("mmmiiiWQ").width;
  };
  return width(`${font}, monospace`) !== width("monospace");
}"""


def main() -> None:
    """Serve the data of the demo and take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_service() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(url, os.environ))
        for screen in SCREENS:
            for theme in THEMES:
                take(browser, url, screen, theme)
        page = browser.new_page()
        has_font = page.evaluate(_HAS_FONT, FONT)
        browser.close()
    print(f"The pictures are in {FOLDER}; their font is {FONT if has_font else 'the system font'}.")


@contextmanager
def demo_service() -> Iterator[str]:
    """Serve the data of the last demo with its shop; crawl them first if there are none."""
    port = _shop_port() if DATABASE.exists() else 0
    with open_shop(port) as shop, tempfile.TemporaryDirectory() as folder:
        if not port:
            remove_old_database()
            crawl_days(shop, "auto")
        with serving(f"sqlite:///{DATABASE.resolve()}", Path(folder), SITE_URL=shop.url) as url:
            yield url


def take(browser: Browser, url: str, screen: str, theme: str) -> None:
    """Take pictures of all pages on one screen in one theme."""
    context = browser.new_context(color_scheme=theme, **SCREENS[screen])  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(f"{url}{path}", wait_until="networkidle")
        if name == "product":
            steps = page.locator(".price-USD .step")
            steps.nth(steps.count() // 2).focus()
        page.screenshot(
            path=FOLDER / f"{name}-{screen}-{theme}.png",
            full_page=name == "product" or (name, screen) == ("crawls", "desktop"),
        )
    context.close()


def _shop_port() -> int:
    """Return the port that the pictures of the stored products are on."""
    connection = sqlite3.connect(DATABASE)
    try:
        (url,) = connection.execute("SELECT image_url FROM product ORDER BY id").fetchone()
    finally:
        connection.close()
    return urlsplit(url).port or 0


if __name__ == "__main__":
    main()
