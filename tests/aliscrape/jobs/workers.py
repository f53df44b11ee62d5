"""Real workers on a real queue, and the shop that they crawl."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crawls import ROOT, environment
from tests.forked import run
from tests.postgres import rows

HURRIED = ("DOWNLOAD_DELAY=0", "RETRY_PAUSE=0.01", "JOB_PAUSE=0.1", "WORKER_TIMEOUT=20")
"""Settings of workers and their crawls: there is nobody to be polite to."""


def wait_until(is_so: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that happens soon. The time is only a limit for what never happens."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "It did not happen."
        time.sleep(0.05)


@dataclass
class Workers:
    """Workers on one database and one site. Those that end are started again, as by systemd."""

    database_url: str
    site_url: str
    folder: Path
    alive: list[subprocess.Popen[bytes]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    """The exit codes of workers that were started again."""

    @property
    def file(self) -> Path:
        return self.folder / "jobs.toml"

    def scrapy(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of scrapy to its end."""
        return run(arguments, ROOT, self._environment())

    def enqueue(self) -> None:
        done = self.scrapy("enqueue", str(self.file))
        assert done.returncode == 0, done.stderr

    def jobs(self) -> list[dict[str, Any]]:
        """Return the jobs as `scrapy jobs --json` prints them."""
        done = self.scrapy("jobs", "--json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start a worker with a process group of its own."""
        settings = [word for setting in HURRIED for word in ("-s", setting)]
        with (self.folder / "workers.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "scrapy", "work", *settings, *options, str(self.file)],
                cwd=ROOT,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.alive.append(worker)
        return worker

    def stop(self, worker: subprocess.Popen[bytes]) -> int:
        """Send SIGTERM and return the exit code. The worker is not started again."""
        self.tell_to_stop(worker)
        return worker.wait(90)

    def tell_to_stop(self, worker: subprocess.Popen[bytes]) -> None:
        """Send SIGTERM. The worker is not started again."""
        self.alive.remove(worker)
        worker.send_signal(signal.SIGTERM)

    def tend(self) -> None:
        """Start workers again that have ended."""
        for worker in [worker for worker in self.alive if worker.poll() is not None]:
            self.alive.remove(worker)
            self.ended.append(worker.returncode)
            self.start()

    def states(self) -> list[tuple[str, int]]:
        """Return the engine's state of each job, and how often its crawl has ended."""
        return rows(
            self.database_url,
            "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'crawl' "
            "ORDER BY id",
        )

    def finish(self) -> None:
        """Wait until no job waits or runs."""

        def is_empty() -> bool:
            self.tend()
            return not {"todo", "doing"} & {state for state, _ in self.states()}

        wait_until(is_empty, 300)

    def log(self) -> str:
        return (self.folder / "workers.log").read_text(encoding="utf-8")

    def _environment(self) -> dict[str, str]:
        return environment(DATABASE_URL=self.database_url, SITE_URL=self.site_url)


@contextmanager
def workers(database_url: str, site_url: str, folder: Path) -> Iterator[Workers]:
    """Return workers, of which none is left running."""
    started = Workers(database_url, site_url, folder)
    try:
        yield started
    finally:
        for worker in started.alive:
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def spans(database_url: str) -> list[tuple[Any, Any]]:
    """Return when each run of a job has begun and ended, in the order of beginning."""
    events = rows(
        database_url,
        "SELECT event.job_id, event.type::text, event.at FROM procrastinate_events event "
        "JOIN procrastinate_jobs job ON job.id = event.job_id WHERE job.task_name = 'crawl' "
        "AND event.type NOT IN ('deferred', 'scheduled') ORDER BY event.id",
    )
    begun: dict[int, Any] = {}
    found = []
    for job_id, kind, at in events:
        if kind == "started":
            begun[job_id] = at
        elif job_id in begun:
            found.append((begun.pop(job_id), at))
    return sorted(found)
