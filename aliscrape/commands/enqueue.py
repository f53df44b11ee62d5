"""`scrapy enqueue FILE`: put the jobs of a file that have no schedule into the queue."""

import argparse
import sys

from aliscrape.jobs.command import JobsCommand, one_file


class Command(JobsCommand):
    """Enqueue each job once. Jobs that wait already are not enqueued again."""

    def syntax(self) -> str:
        return "FILE"

    def short_desc(self) -> str:
        return "Put the crawls of a jobs.toml that have no schedule into the queue"

    def work(self, args: list[str], opts: argparse.Namespace) -> int:  # noqa: ARG002  # it has none
        from aliscrape.jobs.file import read_jobs  # noqa: PLC0415  # it needs the extra packages
        from aliscrape.jobs.run import with_queue  # noqa: PLC0415  # as above
        from aliscrape.jobs.worker import enqueue  # noqa: PLC0415  # as above

        jobs = read_jobs(one_file(args), self.project_settings)
        unscheduled = [job for job in jobs if job.schedule is None]
        enqueued = with_queue(self.project_settings, lambda app: enqueue(app, unscheduled))
        sys.stdout.write(
            f"{enqueued} of {len(jobs)} jobs enqueued, {len(unscheduled) - enqueued} wait already, "
            f"{len(jobs) - len(unscheduled)} have a schedule and start with scrapy work.\n"
        )
        return 0
