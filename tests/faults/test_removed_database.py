"""A database that is removed or replaced while a crawl writes to it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crawls import finish, start_crawl
from tests.listings import card, init_data
from tests.loopback import loopback_site

pytestmark = pytest.mark.sqlite  # a file is removed

LISTING = "/w/wholesale-men-casual-shoes.html"


def remove(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


def replace(database: Path) -> None:
    remove(database)
    database.touch()


@pytest.mark.long
@pytest.mark.parametrize("change", [remove, replace])
def test_the_crawl_says_that_it_stored_nothing(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    database = tmp_path / "aliscrape.db"
    requested, answer = threading.Event(), threading.Event()

    def page() -> str:
        requested.set()
        assert answer.wait(timeout=60)
        return init_data([card("1")])

    with loopback_site({LISTING: page}) as site:
        crawl = start_crawl(
            "category", "-a", f"url={site.url}{LISTING}", "-a", "limit=1",
            SITE_URL=site.url, DATABASE_URL=f"sqlite:///{database}",
        )  # fmt: skip
        assert requested.wait(timeout=60)
        change(database)
        answer.set()
        done = finish(crawl)
    assert done.exit_code == 7
    assert "removed or replaced" in done.last_line
