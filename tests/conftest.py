"""What all tests share: hypothesis profiles, a database of their own, the captures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from db.database import close_database, open_database

# Deadlines are off: timing never decides a test.
settings.register_profile("short", max_examples=100, deadline=None)
settings.register_profile(
    "long", max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the short profile what is marked `long`."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "long":
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="runs in the long profile: make test-long"))


API_KEY = "a key for the tests"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the user's settings from the tests, and give the service a key of their own."""
    for name in ("DATABASE_URL", "SITE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALISCRAPE_API_KEY", API_KEY)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Return a database file that does not exist yet."""
    return f"sqlite:///{tmp_path}/aliscrape.db"


@pytest.fixture
def open_catalog(database_url: str) -> Iterator[str]:
    """Return a new database, open in this process."""
    open_database(database_url)
    yield database_url
    close_database()


@pytest.fixture(scope="session")
def captures() -> Path:
    """Return the folder of real pages; without one the test is skipped."""
    folder = os.environ.get("ALISCRAPE_CAPTURES")
    if not folder:
        pytest.skip("ALISCRAPE_CAPTURES is unset: no folder of real pages to read")
    return Path(folder)
