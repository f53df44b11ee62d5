"""The crontab lines of `make cron`, run as cron runs them, and the units for systemd."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aliscrape.schedule import ScheduleError, crontab_lines, without_ours
from tests.crawls import NO_BROWSER, ROOT, environment
from tests.faults.test_crawl_among_others import LISTING, full
from tests.listings import block_page, init_data
from tests.loopback import LoopbackSite, loopback_site

PROJECT = Path("/home/you/aliscrape")
PYTHON = "/home/you/aliscrape/.venv/bin/python"
CRON_ENVIRONMENT = {"HOME": "/root", "LOGNAME": "root", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
README = (ROOT / "README.md").read_text(encoding="utf-8")


def lines(*arguments: str, **variables: str) -> list[str]:
    return crontab_lines(PROJECT, PYTHON, variables, arguments)


def parsed(crontab: str) -> tuple[dict[str, str], list[str]]:
    """Return the settings and commands of a crontab, read by the rules of crontab(5)."""
    settings, commands = {}, []
    for line in crontab.splitlines():
        setting = re.fullmatch(r"([A-Z_]+)=(.*)", line)
        if setting:
            value = setting[2]
            settings[setting[1]] = value[1:-1] if value[:1] in {"'", '"'} else value
        elif line and not line.startswith("#"):
            command = line.split(maxsplit=5)[5]
            assert not re.search(r"(?<!\\)%", command), "cron would cut the command there"
            commands.append(command.replace(r"\%", "%"))
    return settings, commands


def test_there_is_one_line_with_absolute_paths() -> None:
    _, (command,) = parsed("\n".join(lines()))
    assert command.startswith(f"cd {PROJECT} && ")
    assert f"{{ {PYTHON} -m scrapy crawl casual_shoes > " in command


def test_settings_that_are_set_stand_before_the_line() -> None:
    made = lines(SITE_URL="http://127.0.0.1:5050", ALISCRAPE_CONTACT='Jo "J" <jo@example.org>',
                 HOME="/root", ALISCRAPE_API_KEY="secret")  # fmt: skip
    settings, _ = parsed("\n".join(made))
    assert settings == {
        "SITE_URL": "http://127.0.0.1:5050",
        "ALISCRAPE_CONTACT": 'Jo "J" <jo@example.org>',
    }
    assert made.index('SITE_URL="http://127.0.0.1:5050"') < len(made) - 2


def test_every_setting_that_a_crawl_reads_is_passed_on() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    names = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    of_others = {"NO_BROWSER", "ALISCRAPE_API_KEY", "ALISCRAPE_TRUSTED_HOSTS",
                 "ALISCRAPE_CORS_ORIGINS", "SCRIPT_NAME"}  # fmt: skip
    settings, _ = parsed("\n".join(lines(**dict.fromkeys(names, "x"))))
    assert set(settings) == names - of_others


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        pytest.param((), {"SITE_URL": "a\nb"}, id="two lines"),
        pytest.param((), {"SITE_URL": "\"'"}, id="both quotes"),
        pytest.param(("-a", "url=a\nb"), {}, id="an argument of two lines"),
        pytest.param(("-a", f"url={'x' * 1000}"), {}, id="longer than cron reads"),
    ],
)
def test_what_cron_cannot_read_is_refused(
    arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    with pytest.raises(ScheduleError, match=r"cron|characters"):
        lines(*arguments, **variables)


OTHERS = "MAILTO=me@example.org\n# mine\n5 4 * * * echo 100\\% done\n"


def test_only_our_lines_are_taken_out_of_a_crontab() -> None:
    ours = "".join(f"{line}\n" for line in lines(SITE_URL="http://127.0.0.1"))
    other_project = "".join(
        f"{line}\n" for line in crontab_lines(Path(f"{PROJECT}2"), PYTHON, {}, [])
    )
    assert without_ours(OTHERS, PROJECT) == OTHERS
    assert without_ours(f"{OTHERS}{ours}{other_project}", PROJECT) == f"{OTHERS}{other_project}"


def test_lines_that_were_taken_apart_are_not_guessed_at() -> None:
    ours = "".join(f"{line}\n" for line in lines()[:-1])
    with pytest.raises(ScheduleError, match="crontab -e"):
        without_ours(f"{ours}{OTHERS}", PROJECT)


def test_make_passes_the_options_on() -> None:
    done = subprocess.run(
        ["make", "-n", "--no-print-directory", "cron", "INSTALL=1", "NO_BROWSER=1",
         "ARGS=-a limit=5"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    last = done.stdout.splitlines()[-1].split()
    assert last[2:] == "aliscrape.schedule --install -a details=no -a limit=5".split()


# As cron runs it


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder, whose name has a space and a percent sign, that crawls as this one does."""
    folder = tmp_path / "100% of 'my' projects"
    folder.mkdir()
    for name in ("aliscrape", "db", "scrapy.cfg"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({LISTING: init_data([full(1)])}) as served:
        yield served


def printed_crontab(project: Path, site: LoopbackSite, *options: str) -> str:
    """Return what `make cron` prints in a project."""
    done = subprocess.run(
        [sys.executable, "-m", "aliscrape.schedule", *options, "-a", "limit=1",
         "-a", f"url={site.url}{LISTING}?a=100%25", "-a", "details=no"],
        cwd=project, env=environment(SITE_URL=site.url, **NO_BROWSER), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return done.stdout


def run_as_cron(crontab: str) -> str:
    """Return what the one command of a crontab prints, and cron would mail."""
    settings, (command,) = parsed(crontab)
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd="/", env=CRON_ENVIRONMENT | settings,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.stdout


def test_a_good_run_is_silent_and_a_failed_one_prints_its_last_line(
    project: Path, site: LoopbackSite
) -> None:
    crontab = printed_crontab(project, site)
    log = project / "data" / "crawl.log"
    assert run_as_cron(crontab) == ""
    assert "Crawl done (exit code 0): 1 new" in log.read_text().splitlines()[-1]
    site.pages[LISTING] = block_page()
    printed = run_as_cron(crontab)
    assert "Crawl blocked (exit code 5)" in printed
    assert printed == f"{log.read_text().splitlines()[-1]}\n"
    assert "1 new" in log.read_text(), "the log goes on"


def test_a_project_that_has_moved_is_told(project: Path, site: LoopbackSite) -> None:
    crontab = printed_crontab(project, site)
    project.rename(project.with_name("elsewhere"))
    assert "100% of 'my' projects" in run_as_cron(crontab)


needs_cron = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("cron", "crontab", "unshare", "pgrep"))),
    reason="needs root, Debian's cron, unshare and pgrep",
)


def in_a_namespace(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as root where cron's files, and the program that sends mail, are our own.

    Mails go into the file `mails` in the folder.
    """
    sendmail = folder / "sendmail"
    sendmail.write_text(f"#!/bin/sh\ncat >> {folder}/mails\n")
    sendmail.chmod(0o755)
    mounts = (
        "set -e; mount -t tmpfs tmpfs /var/spool/cron; mkdir -m 1730 /var/spool/cron/crontabs; "
        "chgrp crontab /var/spool/cron/crontabs; mount -t tmpfs tmpfs /run; "
        "mount -t tmpfs tmpfs /etc/cron.d; : > /run/crontab; "
        "mount --bind /run/crontab /etc/crontab; mkdir /run/sbin /run/work; "
        "mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/sbin,workdir=/run/work "
        f"/usr/sbin; cp {sendmail} /usr/sbin/sendmail; "
    )
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
         "sh", "-c", mounts + script],
        cwd=folder, env=environment(),
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


MODULE = f"cd {ROOT} && {sys.executable} -m aliscrape.schedule"


@needs_cron
def test_installing_twice_is_installing_once_and_others_lines_stay(tmp_path: Path) -> None:
    (tmp_path / "others").write_text(OTHERS)
    done = in_a_namespace(
        tmp_path,
        f"{MODULE} --install; crontab -r; crontab {tmp_path}/others; {MODULE} --install; "
        f"crontab -l > {tmp_path}/once; {MODULE} --install; crontab -l > {tmp_path}/twice; "
        f"{MODULE} --install -a limit=50; crontab -l > {tmp_path}/changed; "
        f"{MODULE} --remove; crontab -l > {tmp_path}/removed; {MODULE} --remove",
    )
    assert done.returncode == 0, done.stderr
    once, twice, changed, removed = (
        (tmp_path / name).read_text() for name in ("once", "twice", "changed", "removed")
    )
    ours = "".join(f"{line}\n" for line in crontab_lines(ROOT, sys.executable, {}, []))
    assert once == twice == OTHERS + ours
    assert changed == OTHERS + ours.replace("casual_shoes", "casual_shoes -a limit=50")
    assert removed == OTHERS
    assert done.stdout.splitlines() == [
        "The crontab has the crawl.",
        "The crontab has the crawl.",
        "The crontab has the crawl, as before.",
        "The crontab has the crawl.",
        "The crontab does not have the crawl.",
        "The crontab does not have the crawl, as before.",
    ]


@needs_cron
@pytest.mark.long
def test_a_real_cron_daemon_runs_the_line_and_mails_only_failures(
    project: Path, site: LoopbackSite, tmp_path: Path
) -> None:
    good = printed_crontab(project, site).replace("17 6 * * *", "* * * * *")
    bad_listing = f"{site.url}/w/wholesale-blocked.html"
    site.pages["/w/wholesale-blocked.html"] = block_page()
    bad = re.sub(r"url=[^ ']+", f"url={bad_listing}", good)
    bad = bad.replace("data/crawl.log", "data/failed.log")
    (tmp_path / "lines").write_text(f"{good}{bad}")
    done_log, failed_log = project / "data" / "crawl.log", project / "data" / "failed.log"
    wait = f'until [ -s {tmp_path}/mails ] && [ -s "$GOOD" ]; do sleep 0.2; done; sleep 1'
    done = in_a_namespace(
        tmp_path,
        f"crontab {tmp_path}/lines; cron -f & daemon=$!; "
        f"GOOD={shell_word(done_log)}; {wait}; kill $daemon",
    )
    assert done.returncode == 0, done.stderr
    mails = (tmp_path / "mails").read_text()
    assert mails.count("Subject: ") == 1
    last_line = failed_log.read_text().splitlines()[-1]
    assert "Crawl blocked (exit code 5)" in last_line
    assert mails.partition("\n\n")[2] == f"{last_line}\n"
    assert "Crawl done (exit code 0)" in done_log.read_text().splitlines()[-1]


def shell_word(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in (ROOT / "docs" / "systemd").iterdir():
        text = unit.read_text(encoding="utf-8").replace("%h/aliscrape/.venv", sys.prefix)
        text = text.replace("%h/aliscrape", str(ROOT))
        (tmp_path / unit.name).write_text(text)
    python = re.search(
        r"^ExecStart=(\S+)", (tmp_path / "aliscrape.service").read_text(), re.MULTILINE
    )
    assert python is not None
    assert Path(python[1]).exists() or not (ROOT / ".venv").exists()
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.glob("aliscrape*")))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "aliscrape" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", ["aliscrape-worker@", "aliscrape-service"])
def test_systemd_restarts_workers_and_service_however_they_end(name: str) -> None:
    unit = (ROOT / "docs" / "systemd" / f"{name}.service").read_text(encoding="utf-8")
    for line in ("Restart=always", "StartLimitIntervalSec=0", "KillMode=mixed"):
        assert f"\n{line}\n" in unit
