"""Which browser is started, and when none is."""

from pathlib import Path

import pytest

from aliscrape.browser.finder import NAMES, BrowserUnavailable, find_browser, launch_options

PUBLIC, HOME = "https://www.aliexpress.com", "http://127.0.0.1:5050"
LEAVE = {"ALISCRAPE_NO_SANDBOX": "1"}
RULES = "--host-resolver-rules"


def program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment whose programs and Playwright browsers are those of the test only."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright")}


@pytest.fixture
def chromium(places: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with a browser in it."""
    program(tmp_path / "bin" / "chromium")
    return places


@pytest.mark.parametrize("name", NAMES)
def test_the_machines_own_is_found_by_any_of_its_names(
    name: str, places: dict[str, str], tmp_path: Path
) -> None:
    expected = program(tmp_path / "bin" / name)
    assert find_browser(places) == expected


def test_playwrights_own_comes_before_the_machines_and_a_named_one_before_both(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium")
    playwrights = program(tmp_path / "playwright/chromium-1200/chrome-linux/chrome")
    assert find_browser(places) == playwrights
    named = program(tmp_path / "mine")
    assert find_browser(places | {"ALISCRAPE_BROWSER": named}) == named


def test_a_named_one_that_cannot_be_run_is_refused_and_no_other_taken(
    places: dict[str, str], tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "chromium")
    with pytest.raises(BrowserUnavailable, match="/no/such"):
        find_browser(places | {"ALISCRAPE_BROWSER": "/no/such"})


def test_without_any_the_message_says_how_to_get_one(places: dict[str, str]) -> None:
    with pytest.raises(BrowserUnavailable, match="make browser"):
        find_browser(places)


@pytest.mark.parametrize(
    ("site", "user", "leave", "sandbox"),
    [
        pytest.param(PUBLIC, 1000, {}, True, id="a user"),
        pytest.param(HOME, 1000, {}, True, id="a user, at home"),
        pytest.param(HOME, 0, {}, False, id="root, at home"),
        pytest.param(PUBLIC, 0, LEAVE, False, id="root with leave"),
    ],
)
def test_the_sandbox_is_left_off_for_root_only(
    site: str, user: int, leave: dict[str, str], *, sandbox: bool, chromium: dict[str, str]
) -> None:
    assert launch_options(site, chromium | leave, user)["chromium_sandbox"] is sandbox


@pytest.mark.parametrize("leave", ["", "0", "yes"])
def test_root_without_leave_starts_none_for_a_public_site(
    leave: str, chromium: dict[str, str]
) -> None:
    with pytest.raises(BrowserUnavailable, match="ordinary user"):
        launch_options(PUBLIC, chromium | {"ALISCRAPE_NO_SANDBOX": leave}, 0)


def test_a_public_sites_pages_cannot_be_led_to_private_hosts(chromium: dict[str, str]) -> None:
    [rules] = [word for word in launch_options(PUBLIC, chromium, 1000)["args"] if RULES in word]
    assert all(f"MAP {host} ~NOTFOUND" in rules for host in ("localhost", "127.*", "172.16.*"))
    assert RULES not in " ".join(launch_options(HOME, chromium, 1000)["args"])
