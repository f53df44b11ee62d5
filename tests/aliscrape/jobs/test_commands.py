"""What the commands of the queue say when they cannot work. No queue is needed for that."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from scrapy.utils.project import get_project_settings

from aliscrape.commands.jobs import Command
from aliscrape.jobs import command
from tests.crawls import ROOT, environment
from tests.forked import run
from tests.loopback import free_port

EXTRA = ("procrastinate", "psycopg_pool", "croniter", "prometheus_client")
"""Without psycopg, which peewee loads where it is installed."""


def scrapy(*arguments: str, **variables: str) -> tuple[int, str]:
    done = run(arguments, ROOT, environment(**variables))
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_the_queue_needs_postgres() -> None:
    assert scrapy("jobs") == (
        7, "Workers share a Postgres. Name it in DATABASE_URL: postgresql://user@host/database\n",
    )  # fmt: skip


def test_a_database_that_is_away_is_said_at_once_in_one_line() -> None:
    url = f"postgresql://aliscrape@127.0.0.1:{free_port()}/aliscrape"
    code, error = scrapy("jobs", DATABASE_URL=url)
    assert code == 7
    assert error.startswith("The queue cannot be used: ")
    assert "Connection refused" in error
    assert len(error.splitlines()) == 1


def test_a_file_is_needed_and_must_be_right(tmp_path: Path) -> None:
    code, error = scrapy("enqueue")
    assert (code, "Give one file" in error) == (2, True)
    path = tmp_path / "jobs.toml"
    path.write_text("pages = 1\n")
    code, error = scrapy("work", str(path), DATABASE_URL="postgresql://127.0.0.1:1/aliscrape")
    assert (code, f"{path}: the file has 'pages'" in error) == (2, True)


def test_what_is_not_installed_is_said_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        command, "find_spec", lambda name: None if name == "procrastinate" else find_spec(name)
    )
    jobs = Command()
    jobs.settings = get_project_settings()
    jobs.run([], None)  # type: ignore[arg-type]  # they are not read
    assert jobs.exitcode == 1
    assert capsys.readouterr().err == (
        "Workers need packages that are not installed. To install them: "
        "sh install.sh requirements-workers.txt\n"
    )


def test_a_crawl_and_the_list_of_commands_load_nothing_of_the_extra() -> None:
    """Scrapy imports every command of a project before it runs one of them."""
    script = (
        "import sys; from scrapy.cmdline import _get_commands_from_module as load\n"
        "commands = load('aliscrape.commands', True)\n"
        "assert {'crawl', 'enqueue', 'work', 'jobs'} <= set(commands)\n"
        "print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *EXTRA], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
