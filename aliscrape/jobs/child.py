"""Run `scrapy crawl` as a child process that ends with its worker, however that ends."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from aliscrape.jobs.child_log import ChildLog
from aliscrape.outcome import Outcome

STOP_SECONDS: Final = 75
"""How long a crawl may take to end after SIGTERM: it reads and stores the page in hand."""
_PR_SET_PDEATHSIG: Final = 1


class ChildEnd(NamedTuple):
    """How a command has ended."""

    exit_code: int
    last_line: str
    """The last line that it logged, without time and level."""


def crawl_command(
    spider: str, arguments: Mapping[str, str], options: Sequence[str] = ()
) -> list[str]:
    """Return the command of a crawl; `options` are settings as NAME=VALUE."""
    command = [sys.executable, "-m", "scrapy", "crawl", spider]
    for name, value in arguments.items():
        command += ["-a", f"{name}={value}"]
    for option in options:
        command += ["-s", option]
    return command


async def run_child(command: Sequence[str], environment: Mapping[str, str]) -> ChildEnd:
    """Run a command and return how it has ended. Its log is passed on to that of this process.

    If the calling task is cancelled, the command gets SIGTERM, and its end is waited for. A command
    that does not end in time is killed and counts as interrupted.
    """
    log = ChildLog()
    try:
        exit_code = await _run(command, environment, log)
    finally:
        last_line = log.close()
    return ChildEnd(exit_code, last_line)


async def _run(command: Sequence[str], environment: Mapping[str, str], log: ChildLog) -> int:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stderr=log.writer,
            process_group=0,  # Ctrl-C in a terminal reaches the worker only, which tells the child
            preexec_fn=_die_with_parent(os.getpid()),
        )
    finally:
        os.close(log.writer)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        return await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> int:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        exit_code = await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        exit_code = await process.wait()
    # A crawl that has not begun, or is about to end, is killed by the signal.
    return Outcome.INTERRUPTED.exit_code if exit_code < 0 else exit_code


def _die_with_parent(parent: int) -> Callable[[], None]:
    """Return a function that has Linux kill this process when its parent ends.

    The browser of a killed crawl ends by itself: its pipe to the crawl is closed.
    """
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork

    def die_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the call
            os._exit(1)

    return die_with_parent
