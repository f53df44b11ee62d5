"""A database of any earlier release is migrated at the first start, after a copy was kept."""

import multiprocessing
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, database, open_database, title_matches
from db.errors import StorageError
from db.models import MODELS, Observation, Product
from db.money import Money
from db.search import match_text
from db.sightings import Sighting
from tests.db.make_schemas import MIGRATIONS, ROWS, SCHEMAS

pytestmark = pytest.mark.sqlite  # files of earlier versions; there was no Postgres before

NAMES = sorted(path.stem for path in SCHEMAS.glob("*.db"))
NEWEST = max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
RENAMED = {"visited_at": "product_page_read_at"}


@pytest.fixture(params=NAMES)
def schema(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(schema: str, tmp_path: Path) -> Path:
    """Return a database as the release with that schema has left it."""
    return Path(shutil.copy(SCHEMAS / f"{schema}.db", tmp_path / "aliscrape.db"))


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of our tables, by today's names of their columns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [
                {RENAMED.get(name, name): row[name] for name in row.keys()}  # noqa: SIM118  # a Row
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
            ]
            for table in ROWS
        }


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("aliscrape-*.db"))


def open_and_close(path: Path) -> None:
    open_database(f"sqlite:///{path}")
    close_database()


def test_every_schema_has_a_database_here() -> None:
    """If one is missing: python -m tests.db.make_schemas."""
    assert sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py")) == NAMES


def test_all_rows_are_there_after_the_first_start(old: Path) -> None:
    before = contents(old)
    assert {table: len(rows) for table, rows in before.items()} == {
        table: len(rows) for table, rows in ROWS.items()
    }
    open_and_close(old)
    after = contents(old)
    for table, rows in before.items():
        assert len(after[table]) == len(rows)
        for was, now in zip(rows, after[table], strict=True):
            assert now | was == now, f"a value of {table} has changed"


def test_a_copy_of_the_old_one_is_kept_beside_it(schema: str, old: Path) -> None:
    before = contents(old)
    open_and_close(old)
    if schema == NEWEST:
        assert copies(old) == []
        return
    (copy,) = copies(old)
    assert copy.name == f"aliscrape-{schema}.db"
    assert contents(copy) == before
    with closing(sqlite3.connect(copy)) as connection:
        (last,) = connection.execute("SELECT max(name) FROM schema_migration").fetchone()
    assert last == schema
    open_and_close(old)
    assert copies(old) == [copy], "the second start has nothing to keep"


def test_the_migrated_one_works(old: Path) -> None:
    open_database(f"sqlite:///{old}")
    try:
        for model in MODELS:
            list(model.select())  # every value can be read
        assert [p.id for p in Product.select().where(title_matches(match_text(["fur"])))] == [2]
        assert [p.id for p in Product.select().where(title_matches(match_text(["deleted"])))] == []
        lower = Sighting(aliexpress_id="1005001", title="Canvas shoe", price=Money(1, "USD"))
        record_sightings(start_crawl("category"), [lower])
        assert Observation.select().count() == len(ROWS["observation"]) + 1
        cursor = database.execute_sql("PRAGMA foreign_key_check")
        assert cursor.fetchall() == []
        assert database.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        close_database()


OLDEST = NAMES[0]


@pytest.fixture
def oldest(tmp_path: Path) -> Path:
    return Path(shutil.copy(SCHEMAS / f"{OLDEST}.db", tmp_path / "aliscrape.db"))


def test_a_new_database_has_no_copy(tmp_path: Path) -> None:
    open_and_close(tmp_path / "aliscrape.db")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "aliscrape.db").touch()
    open_and_close(tmp_path / "empty" / "aliscrape.db")
    assert copies(tmp_path / "aliscrape.db") + copies(tmp_path / "empty" / "aliscrape.db") == []


def test_a_copy_that_is_there_is_not_overwritten(oldest: Path) -> None:
    first = oldest.with_name(f"aliscrape-{OLDEST}.db")
    first.write_text("an earlier copy")
    before = contents(oldest)
    open_and_close(oldest)
    assert first.read_text() == "an earlier copy"
    assert contents(oldest.with_name(f"aliscrape-{OLDEST}-2.db")) == before


def test_processes_that_start_at_once_keep_one_copy(oldest: Path) -> None:
    before = contents(oldest)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(open_and_close, [oldest] * 4)
    (copy,) = copies(oldest)
    assert contents(copy) == before


def test_a_migration_that_fails_changes_nothing_and_leaves_no_copy(
    oldest: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrations = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    (migrations / "9999_fails.py").write_text("def up(migrator, db):\n    db.execute_sql('?')\n")
    monkeypatch.setattr("db.schema._MIGRATIONS", migrations)
    before = oldest.read_bytes()
    with pytest.raises(StorageError):
        open_and_close(oldest)
    assert copies(oldest) == []
    with closing(sqlite3.connect(oldest)) as connection:
        assert connection.execute("SELECT max(name) FROM schema_migration").fetchone() == (OLDEST,)
    assert len(oldest.read_bytes()) == len(before)


def test_a_database_whose_copy_cannot_be_written_is_not_migrated(oldest: Path) -> None:
    before = contents(oldest)
    oldest.with_name(f"aliscrape-{OLDEST}.db.{os.getpid()}.part").mkdir()
    with pytest.raises(StorageError):
        open_and_close(oldest)
    assert contents(oldest) == before
    assert copies(oldest) == []
