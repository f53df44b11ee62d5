"""The checks of this machine: what a crawl and the service need before they ask the site."""

import os
import platform
import socket
import sqlite3
import ssl
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aliscrape.browser.finder import BrowserUnavailable, find_browser
from aliscrape.outcome import Outcome
from db.database import inspect_database
from db.errors import StorageError

OLDEST_PYTHON: Final = (3, 11)
OLDEST_SQLITE: Final = (3, 34)
"""The one of CentOS Stream 9."""
API_KEY_FILE: Final = Path("data/api-key")
"""Where the service keeps the key that it makes at its first start."""
CONNECT_SECONDS: Final = 20.0
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Check:
    """The result of one check: ok, FAIL or skip, and as what a crawl would end if it failed."""

    state: str
    name: str
    detail: str
    outcome: Outcome | None = None

    @property
    def line(self) -> str:
        return f"{self.state:<4} {self.name:<12} {self.detail}"


def ok(name: str, detail: str) -> Check:
    """Return a check that is all right."""
    return Check("ok", name, detail)


def skip(name: str, reason: str) -> Check:
    """Return a check that was not made."""
    return Check("skip", name, reason)


def fail(name: str, reason: str, outcome: Outcome | None = None) -> Check:
    """Return a failed check. Without an outcome a crawl works all the same."""
    return Check("FAIL", name, reason, outcome)


def check_python() -> Check:
    """Check that Python is new enough."""
    version = platform.python_version()
    if sys.version_info[:2] < OLDEST_PYTHON:
        return fail("Python", f"{version} is too old. To use Python 3.11 or newer: "
                    "rm -r .venv && make install PYTHON=python3.12", Outcome.PARTIAL)  # fmt: skip
    return ok("Python", version)


def check_sqlite() -> Check:
    """Check that SQLite is new enough and has full text search."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        reason = (
            f"{version} is too old. Use a Python with SQLite 3.34 or newer: make install PYTHON=…"
        )
        return fail("SQLite", reason, Outcome.STORAGE_FAILED)
    try:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE text USING fts5 (title)")
    except sqlite3.Error as error:
        reason = (
            f"{version} lacks full text search ({error}). Use another Python: make install PYTHON=…"
        )
        return fail("SQLite", reason, Outcome.STORAGE_FAILED)
    return ok("SQLite", version)


def check_database(url: str) -> Check:
    """Check that a crawl can write to the database, without changing it."""
    try:
        name, state = inspect_database(url)
    except StorageError as error:
        return fail("database", str(error), Outcome.STORAGE_FAILED)
    words = {
        "missing": f"{name} is not there yet. The first crawl makes it.",
        "empty": f"{name} is empty. The first crawl makes its tables.",
        "older schema": f"{name} can be written. The next crawl updates its schema.",
    }
    return ok("database", words.get(state, f"{name} can be written, its schema is current."))


def check_api_key(variables: Mapping[str, str]) -> Check:
    """Check the key for writing through the API. A crawl does not need it."""
    if variables.get("ALISCRAPE_API_KEY", "").strip(", "):
        return ok("API key", "ALISCRAPE_API_KEY is set.")
    path = API_KEY_FILE
    if not path.exists():
        return ok("API key", f"{path} is not there yet. The service makes it at its first start.")
    if not path.is_file() or not os.access(path, os.R_OK):
        return fail("API key", f"{path} cannot be read. To make a new one: rm {path}")
    if not path.read_text(encoding="utf-8", errors="replace").strip():
        return fail("API key", f"{path} is empty. To make a new one: rm {path}")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return fail("API key", f"Others may read {path}. To forbid it: chmod 600 {path}")
    return ok("API key", f"{path} is there, and only its owner may read it.")


def check_browser(site_url: str, variables: Mapping[str, str]) -> Check:
    """Check that a browser renders an empty page, with or without its sandbox."""
    try:
        browser = find_browser(site_url, variables)
    except BrowserUnavailable as error:
        return fail("browser", str(error), Outcome.PARTIAL)
    sandbox = "with its sandbox" if browser.has_sandbox else "without its sandbox"
    return ok("browser", f"{browser.path} renders a page, {sandbox}.")


def check_network(site_url: str) -> Check:
    """Resolve the site's host, connect to it, and check its certificate. Nothing is requested."""
    parts = urlsplit(site_url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    proxy = urlsplit(getproxies().get(parts.scheme, ""))
    if proxy.hostname and not proxy_bypass(host):
        host, port = proxy.hostname, proxy.port or _PORTS["http"]
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS) as connection:
            if proxy.hostname and not proxy_bypass(parts.hostname or ""):
                return ok("network", f"The proxy {host}:{port} can be reached.")
            if parts.scheme == "http":
                return ok("network", f"{host} can be reached.")
            context = ssl.create_default_context()
            with context.wrap_socket(connection, server_hostname=host) as secure:
                return ok("network", f"{host} can be reached with {secure.version()}.")
    except socket.gaierror as error:
        reason = f"The name {host} has no address ({error.strerror})."
    except ssl.SSLError as error:
        reason = f"The certificate of {host} cannot be verified ({error.reason or error})."
        return fail("network", f"{reason} Check the clock and the network: date", Outcome.FORBIDDEN)
    except OSError as error:
        reason = f"Could not connect to {host}:{port} ({error.strerror or error})."
    return fail("network", f"{reason} Check your network: curl -I {site_url}", Outcome.PARTIAL)


def check_robots(status: int | None, outcome: Outcome, reason: str) -> Check:
    """Judge robots.txt by its HTTP status, if it came, and by how the doctor's crawl ended."""
    if outcome is Outcome.FORBIDDEN or status is None:
        return fail("robots.txt", reason, outcome)
    if status != HTTPStatus.OK:
        return ok("robots.txt", f"There is none (HTTP status {status}), so nothing is forbidden.")
    return ok("robots.txt", "It allows the listing.")
