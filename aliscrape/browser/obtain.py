"""`make browser`: get a browser for product pages, by the best way that the machine offers."""

import os
import shutil
import subprocess
import sys
from typing import Final

from aliscrape.browser.finder import BrowserUnavailable, find_browser

_WAYS: Final = (
    ("Playwright's own build", [[sys.executable, "-m", "playwright", "install", "chromium"]]),
    (
        "the packages of this system (apt)",
        [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]],
    ),
    ("the packages of this system (dnf)", [["dnf", "install", "-y", "-q", "chromium"]]),
)


def main() -> int:
    """Say which browser there is, or try each way to get one; the exit status is 0 with one."""
    for name, commands in ((None, []), *_WAYS):
        if name and shutil.which(commands[0][0]):
            _say(f"Trying {name} ...")
            for command in commands:
                if subprocess.run(command, check=False).returncode != 0:  # noqa: S603  # our own
                    break
        try:
            _say(f"The browser is {find_browser(os.environ)}")
        except BrowserUnavailable:
            continue
        return 0
    _say("No browser could be had. Install Chromium or Chrome, or name one in ALISCRAPE_BROWSER.")
    return 1


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
