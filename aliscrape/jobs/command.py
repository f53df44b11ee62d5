"""What `scrapy enqueue`, `work` and `jobs` share: errors as one line and an exit code."""

import argparse
import sys
from abc import abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from aliscrape.jobs.errors import NOT_INSTALLED, JobsFileError, QueueError
from aliscrape.jobs.exit_codes import COULD_NOT_START, USAGE
from aliscrape.outcome import Outcome

_PACKAGES: Final = ("procrastinate", "psycopg", "psycopg_pool", "croniter")


class JobsCommand(ScrapyCommand):
    """A command on the queue. The exit codes are those of a crawl: 1, 2 and 7."""

    requires_project = True
    requires_crawler_process = False

    @property
    def project_settings(self) -> Settings:
        assert self.settings is not None  # noqa: S101  # Scrapy sets it before it runs a command
        return self.settings

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if any(find_spec(package) is None for package in _PACKAGES):
            self._fail(COULD_NOT_START, NOT_INSTALLED)
            return
        try:
            self.exitcode = self.work(args, opts)
        except JobsFileError as error:
            self._fail(USAGE, str(error))
        except QueueError as error:
            self._fail(Outcome.STORAGE_FAILED.exit_code, str(error))

    def _fail(self, exit_code: int, reason: str) -> None:
        self.exitcode = exit_code
        sys.stderr.write(f"{' '.join(reason.split())}\n")

    @abstractmethod
    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        """Run the command and return its exit code."""


def one_file(args: list[str]) -> Path:
    """Return the only argument as a path. Raises UsageError unless there is exactly one."""
    if len(args) != 1:
        raise UsageError("Give one file, as in: scrapy work jobs.toml", print_help=False)
    return Path(args[0])
