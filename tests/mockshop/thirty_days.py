"""Thirty days of the mock shop with a crawl each day, as cron would run them, and some bad days.

Run as a module it makes the database `data/thirty-days.db` and takes a picture of the chart of one
of its products for the documentation.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from aliscrape.browser.finder import launch_options
from tests.crawls import Crawl, scrapy_crawl
from tests.listings import block_page
from tests.mockshop.catalogue import SHOES
from tests.mockshop.dating import move_back_one_day
from tests.mockshop.server import Answer, MockShop, open_shop
from tests.webapi.server import serving

DAYS: Final = range(1, 31)
NOBODY: Final = "http://127.0.0.1:9"
"""A site at which nothing listens."""
DATABASE: Final = Path("data/thirty-days.db")
PICTURE: Final = Path("docs/screenshots/thirty-days.png")
PICTURED: Final = 24
"""The number of the shoe in the picture. Its price changes on good and on bad days."""


def blocked(path: str, answer: Answer | None) -> Answer | None:
    """Answer every page with the block page."""
    return answer if path == "/robots.txt" else Answer("text/html", block_page())


def down(path: str, answer: Answer | None) -> Answer | None:
    """Answer every page as a site that is being repaired."""
    return (
        answer
        if path == "/robots.txt"
        else Answer("text/html", "<h1>Be back soon</h1>", status=502)
    )


def redesigned(_path: str, answer: Answer | None) -> Answer | None:
    """Answer with the prices of the day, in a layout that nobody has seen."""
    if answer is None:
        return None
    return Answer(answer.content_type, answer.body.replace('"itemList"', '"cardList"'))


BAD_DAYS: Final[Mapping[int, str]] = {
    4: "blocked", 5: "blocked", 9: "not understood", 13: "partial", 14: "partial",
    19: "blocked", 22: "not understood", 23: "not understood", 27: "unreachable",
}  # fmt: skip
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "done": ("done", "The goal of 25 products is reached."),
    "blocked": ("blocked", "block page"),
    "not understood": ("not understood", "itemList"),
    "partial": ("partial", "HTTP status 502"),
    "unreachable": ("partial", "Could not connect"),
}
"""For each kind of day how its crawl must end, and words of the reason."""
_CHANGES: Final[Mapping[str, Callable[[str, Answer | None], Answer | None]]] = {
    "blocked": blocked,
    "not understood": redesigned,
    "partial": down,
}


def crawl_thirty_days(shop: MockShop, database: Path) -> list[Crawl]:
    """Crawl the shop on each of its days, dated one day apart, and return how the crawls ended."""
    crawls = []
    for day in DAYS:
        kind = BAD_DAYS.get(day, "done")
        shop.day, shop.changed = day, _CHANGES.get(kind)
        site = NOBODY if kind == "unreachable" else shop.url
        mine = {"SITE_URL": site, "DATABASE_URL": f"sqlite:///{database}"}
        crawls.append(scrapy_crawl("casual_shoes", **mine))
        if day != DAYS[-1]:
            move_back_one_day(database)
    return crawls


def main() -> None:
    """Crawl thirty days and take the picture."""
    for path in DATABASE.parent.glob(f"{DATABASE.name}*"):
        path.unlink()
    with open_shop() as shop:
        crawl_thirty_days(shop, DATABASE.resolve())
        with serving(f"sqlite:///{DATABASE.resolve()}", DATABASE.parent, SITE_URL=shop.url) as url:
            take_picture(url)


def take_picture(url: str) -> None:
    """Take a picture of the price chart of one product."""
    with sqlite3.connect(DATABASE) as connection:
        [(number,)] = connection.execute(
            "SELECT id FROM product WHERE aliexpress_id = ?", (str(SHOES[PICTURED].id),)
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(url, os.environ))
        page = browser.new_page(viewport={"width": 1200, "height": 1000}, color_scheme="light")
        page.goto(f"{url}/products/{number}", wait_until="networkidle")
        page.locator("figure.panel").first.screenshot(path=PICTURE)
        browser.close()
    sys.stdout.write(f"The picture is {PICTURE}.\n")


if __name__ == "__main__":
    main()
