"""Run programs and servers as processes of their own, and read what they cost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PATIENCE: Final = 60
"""Seconds in which a server must start."""


@dataclass(frozen=True)
class Usage:
    """What a process used: CPU seconds (user and system), and megabytes at its peak."""

    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True)
class Server:
    """A server that runs: its port, and the process that leads its group."""

    port: int
    pid: int
    database_pid: int | None = None
    """The first process of the database server, whose CPU time counts too."""

    def cpu_seconds(self) -> float:
        """Return the CPU seconds that all processes of the server have used, on Linux."""
        own = cpu_seconds_of(self.pid)
        return own if self.database_pid is None else own + cpu_seconds_of(self.database_pid)

    def worker_megabytes(self) -> float:
        """Return the private memory of the largest process of the server, on Linux."""
        return max(_private_megabytes(pid) for pid in _family(self.pid))


def run(command: Sequence[str], variables: Mapping[str, str]) -> Usage:
    """Run a program to its end and return what it used. Raises SystemExit if it fails."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=os.environ | variables,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}.")
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@contextmanager
def serving(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[Server]:
    """Run a server, whose command has `{port}` in it, until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [part.format(port=port) for part in command], cwd=ROOT, env=os.environ | variables,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"A server did not start: {process.args!r}")


def cpu_seconds_of(pid: int) -> float:
    """Return the CPU seconds that a process and its descendants have used, on Linux."""
    seconds = 0.0
    for one in _family(pid):
        with suppress(OSError):  # it has just ended
            seconds += time.clock_gettime(_cpu_clock(one))
    return seconds


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    texts: list[str] = []
    with suppress(OSError):  # it has just ended
        texts += [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [int(child) for text in texts for child in text.split()]
    return [pid, *(one for child in children for one in _family(child))]


def _cpu_clock(pid: int) -> int:
    """Return the clock of a process's CPU time, as clock_getcpuclockid(3) does."""
    return (~pid << 3) | 2


def _private_megabytes(pid: int) -> float:
    path = Path(f"/proc/{pid}/smaps_rollup")
    lines = path.read_text().splitlines() if path.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024
