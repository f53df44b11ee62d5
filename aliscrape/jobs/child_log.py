"""Pass the log of a crawl on to that of its worker, and keep its last line."""

import asyncio
import os
import re
import sys
from contextlib import suppress
from typing import Final

_KEPT: Final = 4096
"""How many bytes of the end of the log are kept."""
_PREFIX: Final = re.compile(r"^[-0-9]+ [:0-9]+ \[[\w.]+\] [A-Z]+: ")
"""What Scrapy writes before a message: time, logger and level."""


class ChildLog:
    """The pipe that a child process writes its log to, at `writer`."""

    def __init__(self) -> None:
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        self._end = b""
        asyncio.get_running_loop().add_reader(self._reader, self._pass_on)

    def close(self) -> str:
        """Copy what is left when the child has ended, and return its last line.

        A process that the child has left behind may keep its end of the pipe open.
        """
        while self._pass_on():
            pass
        asyncio.get_running_loop().remove_reader(self._reader)
        os.close(self._reader)
        return last_line(self._end)

    def _pass_on(self) -> bool:
        """Copy what has arrived to the log of this process. Return whether there may be more."""
        try:
            text = os.read(self._reader, 1 << 16)
        except BlockingIOError:
            return False
        if not text:
            asyncio.get_running_loop().remove_reader(self._reader)
            return False
        self._end = (self._end + text)[-_KEPT:]
        with suppress(OSError):  # nobody reads the worker's log: the crawl goes on
            sys.stderr.buffer.write(text)
            sys.stderr.buffer.flush()
        return True


def last_line(log: bytes) -> str:
    r"""Return the last line of a log without time, logger and level.

    >>> last_line(b"one\n2026-11-27 06:17:01 [aliscrape.commands.crawl] ERROR: two\n\n")
    'two'
    """
    lines = log.decode(errors="replace").split("\n")
    line = next((line for line in reversed(lines) if line.strip()), "")
    return "".join(filter(str.isprintable, _PREFIX.sub("", line))).strip()
