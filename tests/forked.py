"""Run `scrapy` in processes that are forked from one that has imported Scrapy already.

Importing takes longer than most crawls of the tests. The rest is as with `python -m scrapy`: a
process of its own, with its environment, working directory, output and exit code.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import IO

from scrapy import cmdline

SECONDS = 120
"""How long a command may take."""

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.preloaded"])


def _nothing() -> None:
    """Leave the process as it is."""


class Command:
    """A running `scrapy` command. What it prints and logs comes through one pipe."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        *,
        prepare: Callable[[], None] = _nothing,
        has_errors: bool = False,
    ) -> None:
        """Start the command in the folder; its process calls `prepare` before.

        With `has_errors`, what it writes to stderr comes through a pipe of its own.
        """
        pipes = [_server.Pipe(duplex=False) for _ in range(1 + has_errors)]
        writers = [writer for _, writer in pipes]
        self._process = _server.Process(
            target=_execute, args=(arguments, folder, variables, prepare, writers), daemon=True
        )
        self._process.start()
        for writer in writers:
            writer.close()
        self._streams = [_text(reader) for reader, _ in pipes]

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def stdout(self) -> IO[str]:
        return self._streams[0]

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def finish(self) -> CompletedProcess[str]:
        """Wait for the end. Return the exit code and what has not been read yet."""
        texts = [""] * len(self._streams)

        def read(number: int) -> None:
            with self._streams[number] as stream:
                texts[number] = stream.read()

        readers = [Thread(target=read, args=(n,), daemon=True) for n in range(len(texts))]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(SECONDS)
        if any(reader.is_alive() for reader in readers):
            self._process.kill()
            raise TimeoutError(f"The command has not ended within {SECONDS} seconds.")
        self._process.join()
        assert self._process.exitcode is not None
        return CompletedProcess("scrapy", self._process.exitcode, *texts)


def run(
    arguments: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> CompletedProcess[str]:
    """Run a command to its end, with its output and its errors apart."""
    return Command(arguments, folder, variables, has_errors=True).finish()


def _text(reader: Connection) -> IO[str]:
    """Return a text stream in place of the connection."""
    with reader:
        return os.fdopen(os.dup(reader.fileno()), encoding="utf-8")


def _execute(
    arguments: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    prepare: Callable[[], None],
    writers: Sequence[Connection],
) -> None:
    """Do in a forked process what `python -m scrapy` does in a new one."""
    os.dup2(writers[0].fileno(), 1)
    os.dup2(writers[-1].fileno(), 2)
    for writer in writers:
        writer.close()
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    sys.path[:0] = [str(folder), *filter(None, variables.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv = ["scrapy", *arguments]
    prepare()
    cmdline.execute()
