"""The crawl of a worker ends with the worker."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

from aliscrape.jobs import child
from aliscrape.jobs.child_log import ChildLog
from tests.browsers import needs_browser
from tests.crawls import ROOT, environment
from tests.mockshop.server import Answer, open_shop

MARK = "WORKER_OF_A_TEST"
WORKER = """
import asyncio, sys
from aliscrape.jobs.child import run_child
exit_code, last_line = asyncio.run(run_child(sys.argv[1:], {"OF_A_COUNTRY": "EUR"}))
print("last:", last_line)
sys.exit(exit_code)
"""
STOPPED = """
import asyncio, signal, sys
from aliscrape.jobs.child import run_child

async def main():
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return (await run_child(sys.argv[1:], {})).exit_code

sys.exit(asyncio.run(main()))
"""


def processes(mark: str) -> list[int]:
    """Return the processes that have inherited a mark in their environment, zombies left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def names(mark: str) -> set[str]:
    found = set()
    for pid in processes(mark):
        with suppress(OSError):
            found.add(Path(f"/proc/{pid}/comm").read_text().strip())
    return found


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def mark() -> Iterator[str]:
    """Return a mark of the worker's processes, of which none is left behind."""
    mark = uuid4().hex
    yield mark
    for pid in processes(mark):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def started(
    program: str, mark: str, *command: str, **variables: str
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", program, *command],
        cwd=ROOT,
        env=environment(**{MARK: mark}, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        yield worker


def test_the_exit_code_of_the_command_is_returned_and_its_settings_are_set(mark: str) -> None:
    script = 'test "$OF_A_COUNTRY" = EUR && exit 75'
    with started(WORKER, mark, "sh", "-c", script) as worker:
        assert worker.wait(30) == 75


def test_the_log_is_passed_on_and_its_last_line_is_kept(mark: str) -> None:
    lines = [f"2026-11-27 06:17:0{n} [a.logger] ERROR: line {n}\n" for n in range(3)]
    script = "head -c 1000000 /dev/zero | tr '\\0' '.' >&2; echo >&2; printf '%s' \"$0\" >&2"
    with started(WORKER, mark, "sh", "-c", script, "".join(lines)) as worker:
        out, log = worker.communicate(timeout=60)
    assert log == "." * 1_000_000 + "\n" + "".join(lines)
    assert out == "last: line 2\n"


def test_what_is_logged_just_before_the_end_is_read() -> None:
    async def end_at_once() -> str:
        log = ChildLog()
        os.write(log.writer, b"one\nlast\n")
        os.close(log.writer)
        return log.close()

    assert asyncio.run(end_at_once()) == "last"


def test_a_process_that_a_crawl_leaves_behind_is_not_waited_for(mark: str) -> None:
    script = "sleep 1000 & echo done >&2"
    with started(WORKER, mark, "sh", "-c", script) as worker:
        assert worker.wait(30) == 0
        assert worker.stdout is not None
        assert worker.stdout.readline() == "last: done\n"
        assert names(mark) == {"sleep"}
        for pid in processes(mark):
            os.kill(pid, signal.SIGKILL)


def test_a_killed_worker_takes_its_crawl_along(mark: str) -> None:
    with started(WORKER, mark, "sh", "-c", "exec sleep 1000 >&2") as worker:
        wait_until(lambda: "sleep" in names(mark))
        worker.kill()
        worker.wait()
        wait_until(lambda: not processes(mark))


def test_a_crawl_does_not_begin_if_its_worker_has_ended_before(tmp_path: Path) -> None:
    nobody = 0
    command = ["touch", f"{tmp_path}/begun"]
    done = subprocess.run(command, check=False, preexec_fn=child._die_with_parent(nobody))
    assert done.returncode == 1
    assert not (tmp_path / "begun").exists()


def test_a_stopped_worker_tells_its_crawl_once_and_waits_for_it(mark: str) -> None:
    script = "trap 'echo told; sleep 0.3; exit 8' TERM; echo up; while :; do sleep 0.1; done"
    with started(STOPPED, mark, "sh", "-c", script) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "up\n"
        worker.terminate()
        assert worker.wait(30) == 8
        assert worker.stdout.read() == "told\n"


def test_a_crawl_that_has_not_begun_counts_as_interrupted_when_it_is_stopped(mark: str) -> None:
    with started(STOPPED, mark, "sh", "-c", "echo up; exec sleep 1000 >&2") as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "up\n"
        worker.terminate()
        assert worker.wait(30) == 8


@needs_browser
@pytest.mark.long
@pytest.mark.sqlite  # what becomes of processes, whatever the database is
def test_a_killed_worker_takes_the_browser_of_its_crawl_along(mark: str, tmp_path: Path) -> None:
    crawl = (sys.executable, "-m", "scrapy", "crawl", "casual_shoes", "-s", "DOWNLOAD_DELAY=0")
    url = f"sqlite:///{tmp_path}/aliscrape.db"
    released = Event()

    def hold_product_pages(path: str, answer: Answer | None) -> Answer | None:
        if "/item/" in path:
            released.wait(120)  # so that the crawl does not end by itself
        return answer

    with (
        open_shop() as shop,
        started(WORKER, mark, *crawl, SITE_URL=shop.url, DATABASE_URL=url) as worker,
    ):
        shop.changed = hold_product_pages
        wait_until(lambda: any("/item/" in path for path in shop.asked))
        assert any("chrom" in name or "headless" in name for name in names(mark))
        worker.kill()
        worker.wait()
        try:
            wait_until(lambda: not processes(mark))
        finally:
            released.set()
