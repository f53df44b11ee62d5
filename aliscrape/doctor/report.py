"""Write what the doctor found into a zip that can be attached to an issue."""

import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

from scrapy.settings import BaseSettings

from aliscrape import __version__
from aliscrape.doctor.checks import API_KEY_FILE
from aliscrape.doctor.spider import ReceivedPages
from aliscrape.redaction import CUT, is_distinct, secrets_of, without, without_user, without_visitor

SETTINGS: Final = (
    "SITE_URL", "ALIEXPRESS_CURRENCY", "ALIEXPRESS_REGION", "ALIEXPRESS_LOCALE",
    "DETAILS_MAX_AGE_DAYS", "ALISCRAPE_BROWSER", "ALISCRAPE_NO_SANDBOX", "ROBOTSTXT_OBEY",
    "ROBOTSTXT_USER_AGENT", "DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "RETRY_PAUSE",
)  # fmt: skip
ADDRESSES: Final = ("DATABASE_URL", "ALISCRAPE_NOTIFY")
"""Settings that may have a user, a password and other secrets in them."""
HIDDEN: Final = ("ALISCRAPE_API_KEY", "ALISCRAPE_CONTACT")
"""Settings of which the report only says whether they are set."""
PACKAGES: Final = (
    "scrapy", "scrapy-playwright", "playwright", "twisted", "peewee", "flask", "flask-restx",
)  # fmt: skip
_NAME: Final = re.compile(r"[^\w.-]+", re.ASCII)


def write_report(
    path: Path, lines: Sequence[str], settings: BaseSettings, received: ReceivedPages | None
) -> None:
    """Write the zip. Raises OSError."""
    variables = {name: str(settings[name]) for name in ADDRESSES if settings[name]}
    secrets = secrets_of(dict(os.environ) | variables) | _key_in_file()
    files = {
        "doctor.txt": "\n".join(lines),
        "versions.txt": "\n".join(_versions()),
        "settings.txt": "\n".join(_settings(settings, os.environ)),
    }
    files = {name: _without_machine(without(text, secrets)) for name, text in files.items()}
    distinct = [secret for secret in secrets if is_distinct(secret)]
    files |= {name: without(text, distinct) for name, text in _pages(received).items()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, f"{text}\n")


def _versions() -> list[str]:
    return [
        f"aliscrape {__version__}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"system {platform.system()} {platform.release()} {platform.machine()}",
        *(f"{package} {version(package)}" for package in PACKAGES),
    ]


def _settings(settings: BaseSettings, variables: Mapping[str, str]) -> list[str]:
    values = {name: str(settings[name]) for name in SETTINGS}
    for name in ADDRESSES:
        value = str(settings[name] or variables.get(name, ""))
        values[name] = " ".join(_address(url, name) for url in value.split())
    for name in HIDDEN:
        values[name] = CUT if settings[name] or variables.get(name) else ""
    return [f"{name}={value}" for name, value in sorted(values.items())]


def _address(url: str, name: str) -> str:
    """Return an address without secrets. Those of messengers have them in the path as well."""
    if name == "DATABASE_URL":
        return without_user(url)
    scheme = url.partition("://")[0]
    return f"{scheme}://{CUT}" if "://" in url else CUT


def _pages(received: ReceivedPages | None) -> dict[str, str]:
    """Return the pages by file name, with a list of their addresses."""
    if received is None:
        return {}
    files, index = {}, []
    for number, page in enumerate(received.all(), start=1):
        stem = _NAME.sub("-", urlsplit(page.url).path.rstrip("/").rpartition("/")[2]) or "page"
        name = f"pages/{number:02}-{stem}"
        url = without_visitor(page.url, received.cookie_values)
        index.append(f"{name} {page.status} {url}")
        files[name] = without_visitor(page.text, received.cookie_values)
    return {"pages/addresses.txt": "\n".join(index)} | files


def _without_machine(text: str) -> str:
    """Return a text without the name of the user, which is in the path of the home folder."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _key_in_file() -> set[str]:
    """Return the key that the service has made, if there is one that can be read."""
    try:
        return {API_KEY_FILE.read_text(encoding="utf-8").strip()}
    except OSError:
        return set()
