"""The output shown in docs/first-run.md is what the commands print, on sites of our own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browsers import needs_browser
from tests.crawls import NO_BROWSER, ROOT, environment, scrapy_crawl
from tests.listings import block_page, script_listing
from tests.loopback import loopback_site
from tests.mockshop.server import open_shop

pytestmark = pytest.mark.sqlite  # what is printed, whatever the database is

PAGE = (ROOT / "docs/first-run.md").read_text(encoding="utf-8")
DOCTOR, DONE, BLOCKED, NOT_UNDERSTOOD = (
    block for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if block.count(" ") > 5
)
OF_THE_MACHINE = ("Python", "SQLite", "browser", "network")
"""Checks of `scrapy doctor` whose details differ between machines."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first-run")


def general(text: str) -> str:
    """Return the text without what differs between machines and sites."""
    for name in OF_THE_MACHINE:
        text = re.sub(rf"(?m)^(\w+ +{name}) .*$", r"\1", text)
    text = re.sub(r"http://127\.0\.0\.1:\d+", "https://www.aliexpress.com", text)
    text = re.sub(r"/category/[^/\s]+/", "/category/…/", text)
    text = re.sub(r"may help \(.*?\)", "may help (why not)", text)
    return re.sub(r"(?m)^[\d-]+ [\d:]+ ", "", text).strip()


@needs_browser
def test_the_doctor_prints_what_the_page_shows(folder: Path) -> None:
    with open_shop() as shop:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "doctor", "-s", "DOWNLOAD_DELAY=0"],
            cwd=folder,
            env=environment(
                SCRAPY_SETTINGS_MODULE="aliscrape.settings", PYTHONPATH=str(ROOT), SITE_URL=shop.url
            ),
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    shown = DOCTOR.removeprefix("$ make doctor\n")
    assert general(done.stdout).splitlines() == general(shown).splitlines()


@needs_browser
@pytest.mark.long
def test_a_crawl_that_is_done_ends_with_the_line_of_the_page(folder: Path) -> None:
    with open_shop() as shop:
        done = scrapy_crawl(
            "casual_shoes", "-a", "details=auto", SITE_URL=shop.url,
            DATABASE_URL=f"sqlite:///{folder}/done.db",
        )  # fmt: skip
    assert general(done.last_line) == general(DONE)


@pytest.mark.parametrize(
    ("path", "body", "shown"),
    [
        pytest.param("/all-wholesale-products.html", block_page(), BLOCKED, id="blocked"),
        pytest.param(
            "/w/wholesale-men-casual-shoes.html", script_listing(), NOT_UNDERSTOOD,
            id="not understood",
        ),
    ],
)  # fmt: skip
def test_a_crawl_that_fails_ends_with_the_line_of_the_page(
    folder: Path, path: str, body: str, shown: str
) -> None:
    with loopback_site({path: body}) as site:
        done = scrapy_crawl(
            "casual_shoes", "-s", f"FAILED_PAGES={folder}/failed", SITE_URL=site.url,
            DATABASE_URL=f"sqlite:///{folder}/{len(path)}.db", **NO_BROWSER,
        )  # fmt: skip
    assert general(done.last_line) == general(shown)
