"""`make cron`: print the crontab lines of a daily crawl, and install or remove them.

A good run prints nothing, so cron sends no mail. A failed one prints the crawl's last line.
"""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

TIMES: Final = "17 6 * * *"
"""Once a day is enough for prices."""

_PREFIXES: Final = ("ALISCRAPE_", "ALIEXPRESS_")
_OTHERS: Final = ("DATABASE_URL", "DETAILS_MAX_AGE_DAYS", "PLAYWRIGHT_BROWSERS_PATH", "SITE_URL")
_NOT_OF_CRAWLS: Final = (
    "ALISCRAPE_API_KEY", "ALISCRAPE_CAPTURES", "ALISCRAPE_CORS_ORIGINS", "ALISCRAPE_TRUSTED_HOSTS",
)  # fmt: skip
_LONGEST: Final = 990
"""In characters: cron cuts or refuses longer lines."""


class ScheduleError(Exception):
    """The lines cannot be made or installed. The message says why."""


def crontab_lines(
    project: Path, python: str, environment: Mapping[str, str], arguments: Sequence[str]
) -> list[str]:
    """Return comments, the settings that are set, and one schedule line. Raises ScheduleError."""
    marker = _marker(project)
    return [
        f"{marker}: begin",
        "# Cron mails what is printed: nothing after a good run, the last line after a failed one.",
        *(f"{name}={_quoted(name, value)}" for name, value in _settings(environment)),
        f"{TIMES} {_command(project, python, arguments)}",
        f"{marker}: end",
    ]


def _marker(project: Path) -> str:
    return f"# aliscrape in {project}"


def _settings(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the settings that a crawl reads."""
    return [
        (name, value)
        for name, value in sorted(environment.items())
        if (name.startswith(_PREFIXES) or name in _OTHERS) and name not in _NOT_OF_CRAWLS
    ]


def _quoted(name: str, value: str) -> str:
    """Return a value as a crontab has it: quotes have no escape, and nothing is expanded."""
    quote = next((quote for quote in "\"'" if quote not in value), None)
    if quote is None or not value.isprintable() or len(value) > _LONGEST:
        raise ScheduleError(f"cron cannot set {name} to {value!r}.")
    return f"{quote}{value}{quote}"


def _command(project: Path, python: str, arguments: Sequence[str]) -> str:
    """Return the shell command of the schedule line. It keeps a log of its own while it runs."""
    crawl = shlex.join([python, "-m", "scrapy", "crawl", "casual_shoes", *arguments])
    command = (
        f"cd {shlex.quote(str(project))} && mkdir -p data && log=$(mktemp) && "
        f'{{ {crawl} > "$log" 2>&1 || tail -n 1 "$log"; cat "$log" >> data/crawl.log; rm "$log"; }}'
    )
    if not command.isprintable():
        raise ScheduleError("cron cannot run a command with line breaks in it.")
    escaped = command.replace("%", r"\%")  # cron's own sign for a line break
    if len(escaped) > _LONGEST:
        raise ScheduleError(f"The line has {len(escaped)} characters; cron reads {_LONGEST}.")
    return escaped


def without_ours(crontab: str, project: Path) -> str:
    """Return a crontab without the lines of this project. Raises ScheduleError."""
    marker = _marker(project)
    lines = crontab.splitlines(keepends=True)
    ends = [n for n, line in enumerate(lines) if line.rstrip("\n").startswith(f"{marker}: ")]
    if not ends:
        return crontab
    if [lines[n].strip() for n in ends] != [f"{marker}: begin", f"{marker}: end"]:
        raise ScheduleError(f"The crontab has other lines of {project}. Remove them: crontab -e")
    return "".join(lines[: ends[0]] + lines[ends[1] + 1 :])


def replace_ours(lines: Sequence[str], project: Path) -> bool:
    """Replace this project's lines in the user's crontab; return whether that changed it.

    The new ones are behind all others, because settings hold for the lines below. Raises
    ScheduleError.
    """
    before = _read_crontab()
    after = without_ours(before, project) + "".join(f"{line}\n" for line in lines)
    if after != before:
        _crontab("-", text=after)
    return after != before


def _read_crontab() -> str:
    done = _crontab("-l", check=False)
    if done.returncode and "no crontab for" not in done.stderr:
        raise ScheduleError(f"Could not read the crontab: {done.stderr.strip()}")
    return done.stdout


def _crontab(
    option: str, text: str = "", *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(  # noqa: S603  # the options are ours
            ["crontab", option],  # noqa: S607  # where it is differs between systems
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ScheduleError("There is no crontab command. Install cron.") from error
    if check and done.returncode:
        raise ScheduleError(f"Could not write the crontab: {done.stderr.strip()}")
    return done


def main(arguments: Sequence[str]) -> None:
    """Print, install or remove the lines of the project in the working directory."""
    parser = argparse.ArgumentParser(prog="make cron", allow_abbrev=False)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--install", action="store_true")
    action.add_argument("--remove", action="store_true")
    options, crawl_arguments = parser.parse_known_args(arguments)
    project = Path.cwd()
    try:
        lines = (
            []
            if options.remove
            else crontab_lines(project, sys.executable, os.environ, crawl_arguments)
        )
        if not (options.install or options.remove):
            sys.stdout.write("\n".join([*lines, ""]))
            return
        has_changed = replace_ours(lines, project)
    except ScheduleError as error:
        sys.exit(str(error))
    verb = "has" if options.install else "does not have"
    sys.stdout.write(f"The crontab {verb} the crawl{'' if has_changed else ', as before'}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
