"""Hold a page of the mock shop, and find the crawl that waits for it and its worker."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from urllib.parse import urlsplit

from tests.aliscrape.jobs.workers import Workers
from tests.mockshop.departments import PAGES
from tests.mockshop.server import Answer

Job = tuple[str, str]
"""The path of its listing, and its currency."""
_MIDDLE = {str(number) for number in range(2, PAGES)}
"""The pages of a crawl that has stored something and will store more."""


class Gate:
    """Holds the response of a page, so that the crawl that waits for it is in mid-run.

    Each time it is a page of another listing.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_closed = False
        self._listing: str | None = None
        self._earlier: set[str] = set()

    def answer(self, path: str, answer: Answer | None) -> Answer | None:
        """Return the answer, later if the gate is closed and no other page is held."""
        listing, _, page = path.partition("?page=")
        with self._changed:
            is_free = self._is_closed and self._listing is None
            if is_free and page in _MIDDLE and listing not in self._earlier:
                self._listing = listing
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: not self._is_closed, 120)
        return answer

    @contextmanager
    def holding_a_page(self) -> Iterator[str]:
        """Hold the next page of a crawl until the block ends. Return the path of its listing."""
        with self._changed:
            self._is_closed = True
            assert self._changed.wait_for(lambda: self._listing is not None, 120)
            listing = str(self._listing)
        try:
            yield listing
        finally:
            with self._changed:
                self._is_closed, self._listing = False, None
                self._earlier.add(listing)
                self._changed.notify_all()


@dataclass(frozen=True)
class RunningCrawl:
    """The process of a crawl, its worker and its job."""

    pid: int
    worker: subprocess.Popen[bytes]
    job: Job

    @property
    def is_running(self) -> bool:
        """Whether the process is there, other than as a zombie."""
        return bool(_words(self.pid, "cmdline"))


def crawl_of(crew: Workers, listing: str) -> RunningCrawl:
    """Return the one crawl of a listing that runs."""
    found = []
    for worker in crew.alive:
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        for pid in map(int, children):
            arguments = [word.partition("=") for word in _words(pid, "cmdline")]
            urls = [url for name, _, url in arguments if name == "url"]
            if [urlsplit(url).path for url in urls] == [listing]:
                variables = dict(word.split("=", 1) for word in _words(pid, "environ"))
                job = listing, variables["ALIEXPRESS_CURRENCY"]
                found.append(RunningCrawl(pid, worker, job))
    (crawl,) = found
    return crawl


def _words(pid: int, file: str) -> list[str]:
    """Return the words of a file about a process, such as its command line; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/{file}").read_text().split("\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []
