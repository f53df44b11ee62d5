"""`make browser`: get a browser for product pages if none works on this machine.

`make demo` and `make crawl` run this step too, and go on without a browser if it fails.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from typing import Final

from aliscrape.browser.finder import BrowserUnavailable, find_browser

Command = tuple[str, ...]

_THIS_MACHINE: Final = "http://127.0.0.1"
"""Whether a browser works at all is asked for a site that may be opened without a sandbox."""
_PLAYWRIGHT: Final = (sys.executable, "-m", "playwright")
_SHELL: Final = (*_PLAYWRIGHT, "install", "--only-shell", "chromium")
_LIBRARIES: Final = (*_PLAYWRIGHT, "install-deps", "chromium")
_PACKAGES: Final[dict[str, tuple[str, tuple[Command, ...]]]] = {
    "debian": (
        "64 MB",
        (
            ("apt-get", "update", "-qq"),
            ("apt-get", "install", "-y", "-qq", "--no-install-recommends",
             "chromium-headless-shell"),
        ),
    ),
    "fedora": ("about 120 MB", (("dnf", "install", "-y", "-q", "chromium-headless"),)),
}  # fmt: skip
"""The smallest package with a browser, by the ID of /etc/os-release. Ubuntu only has a snap."""


def main() -> int:
    """Get a browser; the exit code is 1 if none works in the end."""
    return 0 if obtain_browser() else 1


def obtain_browser() -> bool:
    """Get a browser if none works, print what happens, and return whether one works now."""
    if os.environ.get("NO_BROWSER") == "1":
        _print("NO_BROWSER=1: continuing without a browser.")
        return False
    problem = _problem()
    for step in (_install_libatomic, _download_shell, _install_libraries, _install_package):
        if problem is None:
            return True
        step(problem)
        problem = _problem()
    if problem is None:
        return True
    _print(f"Continuing without product pages, because no browser works. {problem}")
    _, commands = _packages()
    if commands and not _lacks_libraries(problem):
        sudo = "" if os.geteuid() == 0 else "sudo "
        words = " ".join(word for word in commands[-1] if word not in {"-y", "-qq", "-q"})
        _print(f"To install one from the packages of this system: {sudo}{words}")
    return False


def _problem() -> str | None:
    """Return why no browser works, or print which one does and return None."""
    try:
        browser = find_browser(_THIS_MACHINE, os.environ)
    except BrowserUnavailable as error:
        return str(error)
    _print(f"The browser is {browser.path}")
    return None


def _install_libatomic(problem: str) -> None:
    """Install the one library that Playwright's driver may lack on a minimal system."""
    if os.geteuid() == 0 and "libatomic" in problem:
        _print("Installing libatomic for Playwright's driver ...")
        if shutil.which("apt-get"):
            _run([("apt-get", "update", "-qq"), ("apt-get", "install", "-y", "-qq", "libatomic1")])
        else:
            _run([("dnf", "install", "-y", "-q", "libatomic")])


def _download_shell(problem: str) -> None:
    """Download Playwright's build, unless it is there and only lacks libraries.

    Its exit code and errors say nothing, so the browser itself is tried afterwards: the exit code
    is 1 even if only ffmpeg, which is not needed, is missing.
    """
    if not _lacks_libraries(problem) and "libatomic" not in problem:
        _print("No browser works. Downloading Playwright's headless one (about 110 MB) ...")
        _run([_SHELL], stderr=subprocess.DEVNULL)


def _install_libraries(problem: str) -> None:
    if os.geteuid() == 0 and _lacks_libraries(problem):
        _print("Installing the libraries that the browser needs (about 50 MB) ...")
        _run([_LIBRARIES])


def _install_package(_problem: str) -> None:
    size, commands = _packages()
    if os.geteuid() == 0 and commands:
        _print(f"Installing the package {commands[-1][-1]} of this system ({size}) ...")
        _run(commands)


def _lacks_libraries(problem: str) -> bool:
    return "install-deps" in problem


def _packages() -> tuple[str, tuple[Command, ...]]:
    """Return size and commands of this distribution's browser package; none if it has none."""
    try:
        system = platform.freedesktop_os_release().get("ID", "")
    except OSError:
        system = ""
    return _PACKAGES.get(system, ("", ()))


def _run(commands: Iterable[Command], stderr: int | None = None) -> None:
    """Run commands one after another until one fails. Their progress is printed as it comes."""
    for command in commands:
        try:
            done = subprocess.run(command, check=False, stderr=stderr)  # noqa: S603  # constants
        except OSError as error:
            _print(f"{command[0]} cannot be run: {error.strerror}.")
            return
        if done.returncode != 0:
            return


def _print(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
