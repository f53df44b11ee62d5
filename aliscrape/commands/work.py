"""`scrapy work FILE`: run the crawls of the queue, one after another."""

import argparse
import logging

from scrapy.utils.log import configure_logging

from aliscrape.jobs.command import JobsCommand, one_file

logger = logging.getLogger(__name__)


class Command(JobsCommand):
    """Work on jobs until SIGTERM. Start the scheduled jobs of the file when they are due."""

    def syntax(self) -> str:
        return "[options] FILE"

    def short_desc(self) -> str:
        return "Run the crawls of the queue, one after another, until SIGTERM"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--until-empty", action="store_true",
                            help="end when no job waits or runs")  # fmt: skip

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        from aliscrape.jobs.file import read_jobs  # noqa: PLC0415  # it needs the extra packages
        from aliscrape.jobs.run import with_queue  # noqa: PLC0415  # as above
        from aliscrape.jobs.worker import work  # noqa: PLC0415  # as above

        settings = self.project_settings
        configure_logging(settings)
        jobs = read_jobs(one_file(args), settings)
        timeout = settings.getint("WORKER_TIMEOUT")
        ended = with_queue(
            settings,
            lambda app: work(app, jobs, timeout, until_empty=opts.until_empty),
            opts.set,
        )
        logger.log(logging.INFO if ended.exit_code == 0 else logging.ERROR,
                   "Worker ended (exit code %d): %s", ended.exit_code, ended.reason)  # fmt: skip
        return ended.exit_code
