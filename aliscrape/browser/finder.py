"""Which browser is on this machine, and whether and how it may be started."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from db.addresses import is_loopback

NAMES: Final = (
    "chromium", "chromium-browser", "chromium-headless-shell", "google-chrome",
    "google-chrome-stable", "chrome",
)  # fmt: skip
_PLAYWRIGHT_BROWSERS: Final = ("chromium-*/chrome-*/chrome", "chromium_headless_shell-*/*/*shell")
_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
"""A browser that talks to nobody but the page's own hosts, and runs on a machine without screen."""
_PRIVATE: Final = (
    "localhost", "*.localhost", "127.*", "10.*", "192.168.*", "169.254.*",
    *(f"172.{number}.*" for number in range(16, 32)), "[::1]",
)  # fmt: skip
"""Hosts that no public page is to reach, not even by a redirect, which no guard is asked about."""


class BrowserUnavailable(Exception):
    """No browser can be started; the message says why and what to do."""


def find_browser(environment: Mapping[str, str]) -> str:
    """The browser to start: ALISCRAPE_BROWSER, else Playwright's own, else the machine's.

    Raises BrowserUnavailable.
    """
    named = environment.get("ALISCRAPE_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BrowserUnavailable(f"ALISCRAPE_BROWSER is {named!r}, which cannot be run.")
        return found
    folder = environment.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright")
    for pattern in _PLAYWRIGHT_BROWSERS:
        for path in sorted(Path(folder).expanduser().glob(pattern), reverse=True):
            if os.access(path, os.X_OK):
                return str(path)
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise BrowserUnavailable("There is no Chromium or Chrome here; `make browser` gets one.")


def launch_options(
    site_url: str, environment: Mapping[str, str], user: int | None = None
) -> dict[str, Any]:
    """How the browser is started.

    Its sandbox does not work for root. It is left off only where the site is on this machine or
    ALISCRAPE_NO_SANDBOX is 1. Raises BrowserUnavailable.
    """
    is_root = (os.geteuid() if user is None else user) == 0
    at_home = is_loopback(urlsplit(site_url).hostname)
    if is_root and not at_home and environment.get("ALISCRAPE_NO_SANDBOX") != "1":
        raise BrowserUnavailable(
            "The browser is not started as root, where its sandbox does not work; use an ordinary "
            "user, or set ALISCRAPE_NO_SANDBOX=1 to do without."
        )
    rules = ", ".join(f"MAP {host} ~NOTFOUND" for host in _PRIVATE)
    guards = [] if at_home else [f"--host-resolver-rules={rules}"]
    return {
        "executable_path": find_browser(environment),
        "chromium_sandbox": not is_root,
        "args": [*_ARGUMENTS, *guards],
    }
