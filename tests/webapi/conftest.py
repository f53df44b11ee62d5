"""The service on a database of its own."""

import pytest
from flask import Flask

from tests.conftest import API_KEY
from webapi import create_app


@pytest.fixture
def app(database_url: str) -> Flask:
    """The application that pytest-flask's `client` asks; its database is new and empty."""
    return create_app({"DATABASE_URL": database_url, "ALISCRAPE_API_KEY": API_KEY})
