"""Real crawls: the `scrapy crawl` of this project as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

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


def start_crawl(spider: str, *options: str, **variables: str) -> subprocess.Popen[str]:
    """Start `scrapy crawl`, without the pauses between requests: there is nobody to be polite to.

    Product pages are not read unless the options say so.
    """
    if spider != "tracked" and not any(option.startswith("details=") for option in options):
        options = (*options, "-a", "details=no")
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            spider,
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "RETRY_PAUSE=0.01",
            *options,
        ],
        cwd=ROOT,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    """Read the log of a crawl up to the line that has these words."""
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"The crawl ended without saying {words!r}.")


def finish(process: subprocess.Popen[str]) -> Crawl:
    """Wait for the end of a crawl."""
    log, _ = process.communicate(timeout=120)
    return Crawl(process.returncode, log)


def scrapy_crawl(spider: str, *options: str, **variables: str) -> Crawl:
    """Run `scrapy crawl` to its end."""
    return finish(start_crawl(spider, *options, **variables))
