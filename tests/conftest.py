"""What all tests share: hypothesis profiles, a database of their own, the captures.

A test that asks for `database_url`, or for what is made of it, runs on SQLite and on Postgres,
unless it or its module is marked `sqlite`, with the reason.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from aliscrape.browser.finder import BrowserUnavailable, find_browser
from db.database import close_database, drop_pooled_connections, open_database
from tests.databases import Catalog
from tests.postgres import Postgres, programs, running

# Deadlines are off: timing never decides a test.
settings.register_profile("short", max_examples=100, deadline=None)
settings.register_profile(
    "long", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the short profile what is marked `long`."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "long":
        return
    chosen: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (left_out if item.get_closest_marker("long") else chosen).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


API_KEY = "a key for the tests"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the user's settings from the tests, and give the service a key of their own."""
    for name in ("DATABASE_URL", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALISCRAPE_API_KEY", API_KEY)


SHORT_ON_POSTGRES = ("tests.db.", "tests.aliscrape.test_pipelines", "tests.webapi.test_products")
"""Modules that run on Postgres in the short profile too. In the long profile all do."""


def pytest_xdist_auto_num_workers() -> int:
    """Return in how many processes the tests run. They wait half the time, long ones less."""
    cores = os.cpu_count() or 1
    if os.environ.get("HYPOTHESIS_PROFILE") == "long":
        return cores + (cores + 1) // 2
    return min(2 * cores, 8)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests that touch a database on each kind of database, unless they name the kinds."""
    test = metafunc.definition
    named = [mark for mark in test.iter_markers("parametrize") if "engine" in mark.args[0]]
    if "engine" not in metafunc.fixturenames or named or list(test.iter_markers("sqlite")):
        return
    name = metafunc.module.__name__
    marks = [] if name.startswith(SHORT_ON_POSTGRES) else [pytest.mark.long]
    engines = ["sqlite", pytest.param("postgres", marks=marks)]
    metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Return the kind of database that the test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a Postgres server. Where none is installed the test is skipped, but never in CI."""
    found = programs()
    if found is None:
        assert os.environ.get("CI") != "true", "Postgres is not installed"
        pytest.skip("Postgres is not installed: apt install postgresql")
    with running(found) as server:
        yield server


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a database without content: a file that does not exist yet, or one of a server."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/aliscrape.db"
    else:
        yield from _server_database(request)


@pytest.fixture
def other_database_url(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Return a second database of the same kind."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/other.db"
    else:
        yield from _server_database(request)


def _server_database(request: pytest.FixtureRequest) -> Iterator[str]:
    server: Postgres = request.getfixturevalue("postgres")
    url = server.new_database()
    yield url
    close_database()
    drop_pooled_connections()
    server.drop(url)


@pytest.fixture
def catalog(database_url: str, tmp_path: Path) -> Catalog:
    """Return a new database, and a folder for the failed pages of crawls into it."""
    return Catalog(database_url, tmp_path / "failed")


@pytest.fixture
def open_catalog(database_url: str) -> Iterator[str]:
    """Return a new database, open in this process."""
    open_database(database_url)
    yield database_url
    close_database()


@pytest.fixture(scope="session")
def working_browser() -> None:
    """Skip the test where no browser works. In CI it is not skipped, and fails without one."""
    if os.environ.get("CI") == "true":
        return
    try:
        find_browser("http://127.0.0.1", os.environ)
    except BrowserUnavailable:
        pytest.skip("no Chromium or Chrome works here; to get one: make browser")


@pytest.fixture(scope="session")
def captures() -> Path:
    """Return the folder of real pages; without one the test is skipped."""
    folder = os.environ.get("ALISCRAPE_CAPTURES")
    if not folder:
        pytest.skip("ALISCRAPE_CAPTURES is unset: no folder of real pages to read")
    return Path(folder)
