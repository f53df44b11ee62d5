"""Which browser is started, with which options, and why none is."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aliscrape.browser.finder import (
    NAMES,
    Browser,
    BrowserUnavailable,
    find_browser,
    launch_options,
)

PUBLIC, HOME = "https://www.aliexpress.com", "http://127.0.0.1:5050"
LEAVE = {"ALISCRAPE_NO_SANDBOX": "1"}
RULES = "--host-resolver-rules"


WORKS = "echo '<html></html>'"
NO_SANDBOX = (
    f"""case "$*" in *--no-sandbox*) {WORKS} ;; *) echo 'No usable sandbox!'; exit 1 ;; esac"""
)
SNAP = (
    "echo 'Command /usr/bin/chromium-browser requires the chromium snap to be installed.'; exit 1"
)
NO_LIBRARY = (
    "echo 'shell: error while loading shared libraries: libnss3.so: cannot open shared object file'"
    "; exit 127"
)


def program(path: Path, script: str = WORKS) -> str:
    """Write a program that behaves as browsers do on machines that were seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def find(environment: dict[str, str], site: str = HOME, user: int = 1000) -> Browser:
    return find_browser(site, environment, user)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return an environment whose programs and Playwright browsers are those of the test only.

    The program that starts Playwright's driver is the test's as well: the real one takes 0.4 s.
    """
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.executable", program(tmp_path / "python", "echo Version 1.65.0"))
    return {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright")}


@pytest.mark.parametrize("name", NAMES)
def test_the_machines_own_is_found_by_any_of_its_names(
    name: str, places: dict[str, str], tmp_path: Path
) -> None:
    expected = program(tmp_path / "bin" / name)
    assert find(places).path == expected


def test_playwrights_own_comes_before_the_machines_and_a_named_one_before_both(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium")
    playwrights = program(tmp_path / "playwright/chromium-1200/chrome-linux/chrome")
    assert find(places).path == playwrights
    named = program(tmp_path / "mine")
    assert find(places | {"ALISCRAPE_BROWSER": named}).path == named


def test_a_named_one_that_cannot_be_run_is_refused_and_no_other_taken(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium")
    with pytest.raises(BrowserUnavailable, match="/no/such"):
        find(places | {"ALISCRAPE_BROWSER": "/no/such"})


def test_without_any_the_message_says_how_to_get_one(places: dict[str, str]) -> None:
    with pytest.raises(BrowserUnavailable, match="make browser"):
        find(places)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        pytest.param(SNAP, "needs a snap .* make browser", id="a pointer to a snap"),
        pytest.param(NO_LIBRARY, "lacks the library libnss3.so.* install-deps chromium",
                     id="a missing library"),
        pytest.param("echo Illegal instruction >&2; exit 132", "Illegal instruction.*make browser",
                     id="an unknown failure"),
        pytest.param("exit 3", "exit code 3.*make browser", id="a silent failure"),
    ],
)  # fmt: skip
def test_one_that_renders_no_page_is_not_available_and_the_message_says_why(
    script: str, words: str, places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium-browser", script)
    with pytest.raises(BrowserUnavailable, match=words):
        find(places)


def test_a_driver_that_lacks_a_library_is_named_with_the_package(
    places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "chromium")
    message = "node: error while loading shared libraries: libatomic.so.1: cannot open"
    monkeypatch.setattr("sys.executable", program(tmp_path / "python", f"echo {message}; exit 127"))
    with pytest.raises(BrowserUnavailable, match=r"driver lacks .* apt install libatomic1"):
        find(places)


def test_the_next_one_is_taken_where_the_first_renders_no_page(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "playwright/chromium-1200/chrome-linux/chrome", NO_LIBRARY)
    program(tmp_path / "bin" / "chromium-browser", SNAP)
    works = program(tmp_path / "bin" / "google-chrome")
    assert find(places).path == works


@dataclass(frozen=True)
class Start:
    """A user, a site and a browser, and whether its sandbox is on."""

    site: str
    user: int
    script: str
    has_sandbox: bool
    variables: dict[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(Start(PUBLIC, 1000, WORKS, has_sandbox=True), id="a user"),
        pytest.param(Start(HOME, 1000, WORKS, has_sandbox=True), id="a user, at home"),
        pytest.param(
            Start(HOME, 1000, NO_SANDBOX, has_sandbox=False), id="no user namespaces, at home"
        ),
        pytest.param(
            Start(PUBLIC, 1000, NO_SANDBOX, has_sandbox=False, variables=LEAVE),
            id="the same, with leave",
        ),
        pytest.param(Start(HOME, 0, NO_SANDBOX, has_sandbox=False), id="root, at home"),
        pytest.param(
            Start(PUBLIC, 0, NO_SANDBOX, has_sandbox=False, variables=LEAVE), id="root with leave"
        ),
    ],
)
def test_the_sandbox_is_off_only_where_it_does_not_work(
    start: Start, places: dict[str, str], tmp_path: Path
) -> None:
    path = program(tmp_path / "bin" / "chromium", start.script)
    found = find(places | start.variables, start.site, start.user)
    assert found == Browser(path, start.has_sandbox)


@pytest.mark.parametrize("leave", ["", "0", "yes"])
@pytest.mark.parametrize(
    ("user", "words"), [(0, "ordinary user"), (1000, "cannot start its sandbox")]
)
def test_no_public_site_is_opened_without_a_sandbox_and_without_leave(
    user: int, words: str, leave: str, places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium", NO_SANDBOX)
    with pytest.raises(BrowserUnavailable, match=words):
        find(places | {"ALISCRAPE_NO_SANDBOX": leave}, PUBLIC, user)


def test_a_public_sites_pages_cannot_be_led_to_private_hosts(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium")
    [rules] = [word for word in launch_options(PUBLIC, places | LEAVE)["args"] if RULES in word]
    assert all(f"MAP {host} ~NOTFOUND" in rules for host in ("localhost", "127.*", "172.16.*"))
    assert RULES not in " ".join(launch_options(HOME, places)["args"])
