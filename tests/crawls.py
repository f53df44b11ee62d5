"""Real crawls: the `scrapy crawl` of this project in a process of its own."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forked import Command

ROOT = Path(__file__).parent.parent
OURS = ("DATABASE_URL", "SITE_URL", "ALIEXPRESS_", "ALISCRAPE_", "SCRIPT_NAME")


@dataclass(frozen=True)
class Crawl:
    """How a crawl ended."""

    exit_code: int
    log: str

    @property
    def last_line(self) -> str:
        return self.log.rstrip().rsplit("\n", 1)[-1]


def environment(**variables: str) -> dict[str, str]:
    """Return the environment without this project's variables, plus those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return inherited | variables


NO_BROWSER = {"ALISCRAPE_BROWSER": "/no/such/browser"}
"""A variable for crawls that must not open a page in the browser."""


def start_crawl(spider: str, *options: str, **variables: str) -> Command:
    """Start `scrapy crawl`, without the pauses between requests: there is nobody to be polite to.

    Product pages are not read unless the options say so.
    """
    if spider != "tracked" and not any(option.startswith("details=") for option in options):
        options = (*options, "-a", "details=no")
    pace = ("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_PAUSE=0.01")
    return Command(["crawl", spider, *pace, *options], ROOT, environment(**variables))


def wait_for(crawl: Command, words: str) -> None:
    """Read the log of a crawl up to the line that has these words."""
    for line in crawl.stdout:
        if words in line:
            return
    pytest.fail(f"The crawl ended without saying {words!r}.")


def finish(crawl: Command) -> Crawl:
    """Wait for the end of a crawl."""
    done = crawl.finish()
    return Crawl(done.returncode, done.stdout)


def scrapy_crawl(spider: str, *options: str, **variables: str) -> Crawl:
    """Run `scrapy crawl` to its end."""
    return finish(start_crawl(spider, *options, **variables))
