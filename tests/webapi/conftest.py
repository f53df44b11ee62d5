"""The service on a database of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.webapi.server import Service, serving
from webapi import create_app


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new database; copying it is quicker than making one for each test."""
    path = tmp_path_factory.mktemp("new") / "aliscrape.db"
    open_database(f"sqlite:///{path}")
    close_database()
    return path


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return a running service with an empty database, for tests that write nothing."""
    folder = tmp_path_factory.mktemp("service")
    with serving(f"sqlite:///{folder}/aliscrape.db", folder) as running:
        yield running


@pytest.fixture
def app(database_url: str, new_database: Path) -> Flask:
    """Return the application that pytest-flask's `client` asks; its database is new and empty."""
    if database_url.startswith("sqlite:///"):
        shutil.copy(new_database, database_url.removeprefix("sqlite:///"))
    return create_app({"DATABASE_URL": database_url, "ALISCRAPE_API_KEY": API_KEY})
