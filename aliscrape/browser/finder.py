"""Find a browser that works on this machine, and the options to start it with."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aliscrape.browser.check import ARGUMENTS, driver_problem, start_problem
from db.addresses import is_loopback

NAMES: Final = (
    "chromium", "chromium-browser", "chromium-headless-shell", "google-chrome",
    "google-chrome-stable", "chrome",
)  # fmt: skip
_PLAYWRIGHT_BROWSERS: Final = ("chromium-*/chrome-*/chrome", "chromium_headless_shell-*/*/*shell")
_PRIVATE: Final = (
    "localhost", "*.localhost", "127.*", "10.*", "192.168.*", "169.254.*",
    *(f"172.{number}.*" for number in range(16, 32)), "[::1]",
)  # fmt: skip
"""Hosts that no public page may reach. Redirects need this: the request filter is not asked."""


class BrowserUnavailable(Exception):
    """No browser can be started. The message says why and what to do."""


@dataclass(frozen=True)
class Browser:
    """A browser that has rendered an empty page, and whether its sandbox was on."""

    path: str
    has_sandbox: bool


def find_browser(site_url: str, environment: Mapping[str, str], user: int | None = None) -> Browser:
    """Return the first installed browser that renders an empty page.

    ALISCRAPE_BROWSER names the only candidate, else Playwright's builds come before those on
    PATH. The sandbox is off only where it does not work (root, or no user namespaces), and then
    only for a site on this machine or with ALISCRAPE_NO_SANDBOX=1. Raises BrowserUnavailable.
    """
    is_root = (os.geteuid() if user is None else user) == 0
    sandboxes = [not is_root]
    if is_loopback(urlsplit(site_url).hostname) or environment.get("ALISCRAPE_NO_SANDBOX") == "1":
        sandboxes = [False] if is_root else [True, False]
    elif is_root:
        raise BrowserUnavailable(
            "The browser is not started as root, because its sandbox does not work there. Use an "
            "ordinary user, or set ALISCRAPE_NO_SANDBOX=1 to run it without the sandbox."
        )
    problem = driver_problem()
    if problem is not None:
        raise BrowserUnavailable(problem)
    problem = "There is no Chromium or Chrome on this machine. To get one: make browser"
    for path in _candidates(environment):
        for has_sandbox in sandboxes:
            found = start_problem(path, has_sandbox=has_sandbox)
            if found is None:
                return Browser(path, has_sandbox)
            problem = found
    raise BrowserUnavailable(problem)


def launch_options(site_url: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return Playwright's launch options for the browser. Raises BrowserUnavailable."""
    browser = find_browser(site_url, environment)
    rules = ", ".join(f"MAP {host} ~NOTFOUND" for host in _PRIVATE)
    is_local = is_loopback(urlsplit(site_url).hostname)
    return {
        "executable_path": browser.path,
        "chromium_sandbox": browser.has_sandbox,
        "args": [*ARGUMENTS, *([] if is_local else [f"--host-resolver-rules={rules}"])],
        # Ctrl-C reaches Playwright too, which would close the browser with the page in hand.
        **dict.fromkeys(("handle_sigint", "handle_sigterm", "handle_sighup"), False),
    }


def _candidates(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the paths of the installed browsers, the preferred one first."""
    named = environment.get("ALISCRAPE_BROWSER")
    if named:
        found = shutil.which(named)
        if found is None:
            raise BrowserUnavailable(f"ALISCRAPE_BROWSER is {named!r}, which cannot be run.")
        yield found
        return
    folder = environment.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright"
    for pattern in _PLAYWRIGHT_BROWSERS:
        for path in sorted(Path(folder).expanduser().glob(pattern), reverse=True):
            if os.access(path, os.X_OK):
                yield str(path)
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            yield found
