"""What supervisors are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from db.crawls import finish_crawl, start_crawl
from db.database import close_database, database, drop_pooled_connections
from webapi import create_app


def test_a_new_database_is_ready_and_has_no_crawl(client: FlaskClient) -> None:
    assert client.get("/health/live").get_json() == {"status": "alive"}
    assert client.get("/health/ready").get_json() == {
        "status": "ready",
        "last_good_crawl_at": None,
        "last_good_crawl_age_seconds": None,
    }


def test_only_a_crawl_that_is_done_is_a_good_one(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    ended = datetime.now(UTC) - timedelta(minutes=5)
    finish_crawl(start_crawl("category"), {"outcome": "done"}, at=ended)
    finish_crawl(start_crawl("category"), {"outcome": "blocked"})
    start_crawl("category")
    body = client.get("/health/ready").get_json()
    assert 299 <= body["last_good_crawl_age_seconds"] < 400


def test_a_schema_of_another_version_is_not_ready(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    database.execute_sql("DELETE FROM schema_migration WHERE name = '0006_plain_lists'")
    response = client.get("/health/ready")
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert client.get("/health/live").status_code == 200


@pytest.mark.sqlite  # a file is removed
def test_a_database_that_is_gone_is_not_ready(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    client = create_app({"DATABASE_URL": f"sqlite:///{folder}/products.db"}).test_client()
    close_database()
    drop_pooled_connections()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert client.get("/health/ready").status_code == 503
    assert client.get("/api/v1/products").status_code == 503
    assert client.get("/health/live").status_code == 200
