"""Getting a browser: Playwright's download from a server of the test's own, and what is printed."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawls import ROOT, environment
from tests.loopback import LoopbackSite, Reply, loopback_site

SHELL = Path("/usr/lib/chromium/chromium-headless-shell")
"""Debian's headless shell, which stands in for Playwright's build."""


class Machine:
    """A home and a PATH of the test's own, without a browser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()

    def obtain(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the step of `make browser`."""
        own = {"PATH": str(self.folder / "bin"), "HOME": str(self.folder)}
        return subprocess.run(
            [sys.executable, "-m", "aliscrape.browser.obtain"],
            cwd=ROOT, env=environment(**own | variables), capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    yield Machine(tmp_path)
    shutil.rmtree(tmp_path)  # a browser has 220 MB, and pytest keeps the folders of three runs


@pytest.fixture
def no_download() -> dict[str, str]:
    """Variables that make Playwright's download fail at once."""
    return {"PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return an archive in the form of Playwright's, with the shell that this machine has."""
    if not SHELL.exists():
        pytest.skip("Debian's package chromium-headless-shell is not installed")
    path = tmp_path_factory.mktemp("archive") / "shell.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.write(SHELL, "chrome-headless-shell-linux64/chrome-headless-shell")
        for file in SHELL.parent.iterdir():
            if file.suffix in {".pak", ".dat", ".bin"}:
                written.write(file, f"chrome-headless-shell-linux64/{file.name}")
    return path.read_bytes()


def test_a_browser_that_works_is_named_and_nothing_downloaded(
    machine: Machine, no_download: dict[str, str]
) -> None:
    browser = machine.folder / "bin" / "chromium"
    browser.write_text("#!/bin/sh\necho '<html></html>'\n")
    browser.chmod(0o755)
    done = machine.obtain(**no_download)
    assert (done.returncode, done.stdout) == (0, f"The browser is {browser}\n")


@pytest.mark.long  # 220 MB are packed, served, unpacked and started
def test_playwrights_browser_is_downloaded_and_counts_although_ffmpeg_failed(
    machine: Machine, archive: bytes
) -> None:
    with loopback_site({}) as site:
        serve_shell_only(site, archive)
        done = machine.obtain(PLAYWRIGHT_DOWNLOAD_HOST=site.url)
    assert "Downloading Playwright's headless one (about 110 MB)" in done.stdout
    assert any("ffmpeg" in path for path in site.paths), "ffmpeg was asked for, and not served"
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"The browser is {machine.folder}/.cache/ms-playwright/" in done.stdout


def serve_shell_only(site: LoopbackSite, archive: bytes) -> None:
    """Serve the archive at the address that this version of Playwright asks for."""
    asked = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "--only-shell", "--dry-run", "chromium"],
        env=environment(PLAYWRIGHT_DOWNLOAD_HOST="http://shell.example"),
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    addresses = (word for word in asked.split() if word.endswith("linux64.zip"))
    path = next(addresses).removeprefix("http://shell.example")
    site.pages[path] = Reply(archive, content_type="application/zip")


@pytest.mark.long
def test_without_any_it_says_so_and_how_to_get_one(
    machine: Machine, no_download: dict[str, str]
) -> None:
    done = machine.obtain(**no_download)
    assert done.returncode == 1
    assert "Continuing without product pages, because no browser works." in done.stdout
    if shutil.which("apt-get") and Path("/etc/debian_version").exists():
        assert "apt-get install --no-install-recommends chromium-headless-shell" in done.stdout


def test_no_browser_leaves_the_step_out(machine: Machine, no_download: dict[str, str]) -> None:
    done = machine.obtain(NO_BROWSER="1", **no_download)
    assert (done.returncode, done.stdout) == (1, "NO_BROWSER=1: continuing without a browser.\n")
