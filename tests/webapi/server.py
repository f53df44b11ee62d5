"""The service as `make api` runs it: a process of its own on loopback."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import API_KEY
from tests.crawls import ROOT, environment
from tests.loopback import free_port

STARTS_WITHIN = 30.0
"""Seconds."""


class Service(str):
    """The address of a service, with its process and its log."""

    __slots__ = ("log", "process")
    process: subprocess.Popen[bytes]
    log: Path

    def __new__(cls, url: str, process: subprocess.Popen[bytes], log: Path) -> "Service":
        service = super().__new__(cls, url)
        service.process = process
        service.log = log
        return service

    @property
    def port(self) -> int:
        port = urlsplit(self).port
        assert port is not None
        return port

    def kill(self) -> None:
        """Kill all its processes at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def serving(
    database_url: str,
    folder: Path,
    host: str = "127.0.0.1",
    prefix: str = "",
    program: Sequence[str] = ("-m", "webapi.serve"),
    **variables: str,
) -> Iterator["Service"]:
    """Return a service on this database, by its address; its log goes into the folder."""
    port = free_port()
    log = folder / "server.log"
    with log.open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, *program, host, str(port), prefix],
            cwd=ROOT,
            env=environment(DATABASE_URL=database_url, ALISCRAPE_API_KEY=API_KEY, **variables),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}{prefix}"
            _wait_for(url, server, log)
            yield Service(url, server, log)
        finally:
            with suppress(ProcessLookupError):  # a test may have killed it
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/api/v1/crawls", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"The service did not start:\n{log.read_text()}")
