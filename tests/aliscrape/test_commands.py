"""Scrapy's other commands, Python scripts, and settings from the command line."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from aliscrape import __version__
from tests import forked
from tests.crawls import ROOT, environment, scrapy_crawl
from tests.listings import card, init_data, product_shell
from tests.loopback import LoopbackSite, loopback_site

pytestmark = pytest.mark.sqlite  # Scrapy's commands, whatever the database is

LISTING = "/w/wholesale-men-casual-shoes.html"
IDS = range(1, 31)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({LISTING: init_data([card(str(n)) for n in IDS])}) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty working directory, in which `data/` would be created."""
    path = tmp_path / "folder"
    path.mkdir()
    return path


PROJECT = {"SCRAPY_SETTINGS_MODULE": "aliscrape.settings", "PYTHONPATH": str(ROOT)}
"""Variables with which another folder has this Scrapy project."""


def run_script(script: str, url: str, folder: Path, **variables: str) -> CompletedProcess[str]:
    """Run a Python script in the folder."""
    return subprocess.run(
        [sys.executable, "-c", script, url], cwd=folder, env=environment(**PROJECT | variables),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def scrapy(folder: Path, *command: str, **variables: str) -> CompletedProcess[str]:
    return forked.run(command, folder, environment(**PROJECT | variables))


def test_parse_prints_the_items_of_a_page_and_creates_nothing(
    site: LoopbackSite, folder: Path
) -> None:
    url = f"{site.url}{LISTING}"
    done = scrapy(folder, "parse", "-c", "parse_listing", url, SITE_URL=site.url)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    for number in IDS:
        assert f"Casual shoe {number}'" in done.stdout
    assert list(folder.iterdir()) == []


@pytest.mark.long
def test_the_site_of_parse_can_be_given_on_the_command_line(
    site: LoopbackSite, folder: Path
) -> None:
    options = ("-s", f"SITE_URL={site.url}", "--pipelines", "-c", "parse_listing")
    done = scrapy(folder, "parse", *options, f"{site.url}{LISTING}")
    assert done.returncode == 0, done.stderr
    assert "'price': Decimal('12.34')" in done.stdout
    assert list(folder.iterdir()) == []


@pytest.mark.long
def test_parse_says_why_a_page_cannot_be_read_and_keeps_nothing(
    site: LoopbackSite, folder: Path
) -> None:
    site.pages[LISTING] = product_shell()
    url = f"{site.url}{LISTING}"
    done = scrapy(folder, "parse", "-c", "parse_listing", url, SITE_URL=site.url)
    assert "no listing in a layout that aliscrape knows" in done.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.long
def test_shell_creates_nothing(site: LoopbackSite, folder: Path) -> None:
    code = "print(spider.name, response.status)"
    url = f"{site.url}{LISTING}"
    done = scrapy(folder, "shell", url, "-c", code, SITE_URL=site.url)
    assert "category 200" in done.stdout, done.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.long
def test_bench_creates_nothing(folder: Path) -> None:
    done = scrapy(folder, "bench", "-s", "CLOSESPIDER_TIMEOUT=2")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.iterdir()) == []


SCRIPT = """
import sys
from scrapy.crawler import {process}
from scrapy.utils.project import get_project_settings

process = {process}(get_project_settings())
process.crawl("category", url=sys.argv[1], details="no", _job="6f", {arguments})
process.start()
"""


@pytest.mark.parametrize(
    "process", ["CrawlerProcess", pytest.param("AsyncCrawlerProcess", marks=pytest.mark.long)]
)
def test_a_script_may_give_whole_numbers_and_what_a_scheduler_adds(
    process: str, site: LoopbackSite, folder: Path
) -> None:
    script = SCRIPT.format(process=process, arguments="limit=2, max_pages=1")
    variables = {"SITE_URL": site.url, "DATABASE_URL": f"sqlite:///{folder}/aliscrape.db"}
    done = run_script(script, f"{site.url}{LISTING}", folder, **variables)
    assert "'products/new': 2" in done.stderr, done.stderr
    assert "'finish_reason': 'done'" in done.stderr


@pytest.mark.long
def test_a_script_that_gives_another_type_is_told(site: LoopbackSite, folder: Path) -> None:
    script = SCRIPT.format(process="CrawlerProcess", arguments="limit=[2]")
    done = run_script(script, f"{site.url}{LISTING}", folder, SITE_URL=site.url)
    assert "ArgumentError: limit is [2]; it must be" in done.stderr
    assert list(folder.iterdir()) == []


def test_settings_from_the_command_line_take_full_effect(site: LoopbackSite, folder: Path) -> None:
    settings = {
        "ALIEXPRESS_LOCALE": "de_DE",
        "ALIEXPRESS_REGION": "GB",
        "ALIEXPRESS_CURRENCY": "EUR",
        "ALISCRAPE_CONTACT": "me@example.org",
        "DATABASE_URL": f"sqlite:///{folder}/aliscrape.db",
        "SITE_URL": site.url,
    }
    options = [word for pair in settings.items() for word in ("-s", "=".join(pair))]
    done = scrapy_crawl("category", "-a", f"url={site.url}{LISTING}", *options)
    assert done.exit_code == 0, done.log
    assert (folder / "aliscrape.db").exists()
    for request in site.asked:
        assert request.headers["Accept-Language"] == "de-DE"
        assert request.headers["User-Agent"] == f"aliscrape/{__version__} (+me@example.org)"
        cookie = "aep_usuc_f=site=glo&c_tp=EUR&region=UK&b_locale=de_DE"
        assert request.headers["Cookie"] == cookie


def test_the_browser_can_be_named_on_the_command_line(site: LoopbackSite, folder: Path) -> None:
    variables = {"SITE_URL": site.url, "DATABASE_URL": f"sqlite:///{folder}/aliscrape.db"}
    options = ("-a", "limit=1", "-a", "details=auto", "-s", "ALISCRAPE_BROWSER=/no/such/browser")
    done = scrapy_crawl("category", "-a", f"url={site.url}{LISTING}", *options, **variables)
    assert done.exit_code == 3
    assert "/no/such/browser" in done.last_line
