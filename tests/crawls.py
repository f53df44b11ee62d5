"""Real crawls: the `scrapy crawl` of this project as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("DATABASE_URL", "SITE_URL", "ALIEXPRESS_", "ALISCRAPE_")


@dataclass(frozen=True)
class Crawl:
    """How a crawl ended."""

    exit_code: int
    log: str

    @property
    def last_line(self) -> str:
        return self.log.rstrip().rsplit("\n", 1)[-1]


def environment(**variables: str) -> dict[str, str]:
    """The environment without this project's variables, plus those given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return inherited | variables


def scrapy_crawl(spider: str, *options: str, **variables: str) -> Crawl:
    """Run `scrapy crawl`, without the pause between requests: there is nobody to be polite to."""
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", spider, "-s", "DOWNLOAD_DELAY=0", *options],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Crawl(done.returncode, done.stderr + done.stdout)
