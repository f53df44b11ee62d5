"""The tables of the queue are made and upgraded when it is opened."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from aliscrape.jobs.errors import QueueError
from aliscrape.jobs.schema import migrate
from tests.postgres import Postgres, rows

SCRIPTS = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
OLDER = [script for script in SCRIPTS if script.stem < "03.03"]
FUNCTIONS = (
    "SELECT proname::text FROM pg_proc WHERE starts_with(proname, 'procrastinate') ORDER BY 1"
)
COLUMNS = (
    "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns "
    "WHERE starts_with(table_name, 'procrastinate') ORDER BY 1, 2"
)
RECORDED = "SELECT name FROM aliscrape_queue_migrations ORDER BY name"


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    made = postgres.new_database("template0")
    yield made
    postgres.drop(made)


def run(url: str, text: str, *values: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text.encode(), values or None)


def test_a_new_schema_has_every_migration(url: str) -> None:
    migrate(url)
    migrate(url)
    assert [name for (name,) in rows(url, RECORDED)] == [script.stem for script in SCRIPTS]


def test_commands_that_start_together_make_it_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(migrate, [url] * 4)) == [None] * 4


def test_an_older_schema_becomes_the_same_as_a_new_one(url: str, postgres: Postgres) -> None:
    run(url, "CREATE TABLE aliscrape_queue_migrations (name text PRIMARY KEY)")
    for script in OLDER:
        run(url, script.read_text(encoding="utf-8"))
        run(url, "INSERT INTO aliscrape_queue_migrations VALUES (%s)", script.stem)
    assert 0 < len(OLDER) < len(SCRIPTS)
    migrate(url)
    new = postgres.new_database("template0")
    migrate(new)
    for query in (RECORDED, COLUMNS, FUNCTIONS):
        assert set(rows(url, query)) >= set(rows(new, query))
    postgres.drop(new)


def test_a_migration_that_fails_is_not_recorded(url: str) -> None:
    migrate(url)
    last = SCRIPTS[-1].stem
    run(url, "DELETE FROM aliscrape_queue_migrations WHERE name = %s", last)
    run(url, "DROP TABLE procrastinate_jobs CASCADE; CREATE TABLE procrastinate_jobs (id int)")
    with pytest.raises(psycopg.Error):
        migrate(url)
    assert (last,) not in rows(url, RECORDED)


def test_a_newer_schema_and_that_of_somebody_else_are_refused(url: str) -> None:
    migrate(url)
    run(url, "INSERT INTO aliscrape_queue_migrations VALUES ('99.00.00_01_pre_future')")
    with pytest.raises(QueueError, match=r"newer schema \(99\.00\.00_01_pre_future\)"):
        migrate(url)
    run(url, "DROP TABLE aliscrape_queue_migrations")
    with pytest.raises(QueueError, match="aliscrape has not made"):
        migrate(url)
