"""`scrapy jobs`: list the jobs of the queue, or retry one that has failed."""

import argparse
import json
import sys
from collections import Counter

from scrapy.exceptions import UsageError

from aliscrape.jobs.command import JobsCommand


class Command(JobsCommand):
    """Print the jobs that wait, run or have failed, with the reasons, and how many are done."""

    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "List the crawls of the queue, or retry one that has failed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print all jobs as JSON")
        parser.add_argument("--retry", metavar="ID", type=int, help="let a failed job wait again")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        from aliscrape.jobs.job_list import read_rows  # noqa: PLC0415  # it needs the extra packages
        from aliscrape.jobs.run import with_queue  # noqa: PLC0415  # as above
        from aliscrape.jobs.worker import retry_failed  # noqa: PLC0415  # as above

        if args:
            raise UsageError("scrapy jobs takes no argument", print_help=False)
        if opts.retry is not None:
            with_queue(self.project_settings, lambda app: retry_failed(app, opts.retry))
            sys.stdout.write(f"Job {opts.retry} waits again.\n")
            return 0
        rows = with_queue(self.project_settings, read_rows)
        if opts.json:
            sys.stdout.write(json.dumps([row.as_dict() for row in rows], indent=2) + "\n")
            return 0
        for row in rows:
            if row.state != "done":
                sys.stdout.write(row.text + "\n")
        counts = Counter(row.state for row in rows)
        states = ("waiting", "running", "failed", "given up", "done")
        sys.stdout.write(", ".join(f"{counts[state]} {state}" for state in states) + ".\n")
        if counts["failed"]:
            sys.stdout.write("To try a failed job again: scrapy jobs --retry ID\n")
        return 0
