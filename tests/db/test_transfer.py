"""Copying a database into an empty one of the other kind, and backups of Postgres."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from db.curation import create_product, delete_product
from db.database import close_database, open_database, title_matches
from db.engines import engine_of
from db.errors import StorageError
from db.models import MODELS, Product
from db.search import match_text
from db.transfer import copy_database
from tests.databases import run_sql
from tests.postgres import Postgres
from tests.webapi.catalogues import store


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a SQLite database with products and their history."""
    url = f"sqlite:///{tmp_path}/aliscrape.db"
    open_database(url)
    store(Random(4), 60)
    delete_product(Product.get_by_id(7))
    close_database()
    return url


@pytest.fixture
def server_url(postgres: Postgres) -> Iterator[str]:
    """Return an empty database of the server, without tables."""
    url = postgres.new_database("template0")
    yield url
    close_database()
    postgres.drop(url)


def content(url: str) -> list[list[tuple[object, ...]]]:
    names = {model: model._meta.table_name for model in MODELS}
    columns = {model: ", ".join(model._meta.columns) for model in MODELS}
    queries = [f"SELECT {columns[m]} FROM {names[m]} ORDER BY id" for m in MODELS]  # noqa: S608  # ours
    return [run_sql(url, query) for query in queries]


def test_all_rows_are_copied_and_counted(file: str, server_url: str) -> None:
    counts = copy_database(file, server_url)
    assert counts["product"] == 60
    assert counts["crawl"] == 2
    assert content(server_url) == content(file)


def test_new_rows_follow_the_copied_ones_and_words_are_found(file: str, server_url: str) -> None:
    copy_database(file, server_url)
    open_database(server_url)
    assert create_product({"title": "Velvet boot"}).id == 61
    assert Product.get(title_matches(match_text(["VELVET"]))).id == 61


def test_it_goes_the_other_way_too(file: str, server_url: str, tmp_path: Path) -> None:
    copy_database(file, server_url)
    back = f"sqlite:///{tmp_path}/back.db"
    copy_database(server_url, back)
    assert content(back) == content(file)


def test_a_database_with_rows_is_not_copied_into(file: str, server_url: str) -> None:
    copy_database(file, server_url)
    with pytest.raises(StorageError, match="has rows already"):
        copy_database(file, server_url)
    assert content(server_url) == content(file)


def test_a_row_that_cannot_be_stored_leaves_the_target_empty(file: str, server_url: str) -> None:
    open_database(file)
    Product.update(store_name="a\0b").where(Product.id == 60).execute()
    close_database()
    with pytest.raises(StorageError, match="NUL"):
        copy_database(file, server_url)
    assert content(server_url) == [[], [], []]


def test_a_file_that_is_missing_is_not_made(tmp_path: Path, server_url: str) -> None:
    with pytest.raises(StorageError, match="is missing: there is nothing to copy"):
        copy_database(f"sqlite:///{tmp_path}/none.db", server_url)
    assert list(tmp_path.iterdir()) == []


needs_pg_dump = pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump here")


@needs_pg_dump
def test_a_backup_is_restored_and_what_it_replaces_is_kept(
    file: str, server_url: str, tmp_path: Path
) -> None:
    copy_database(file, server_url)
    before = content(server_url)
    engine = engine_of(server_url)
    backup = tmp_path / "backup.dump"
    engine.back_up(backup)
    open_database(server_url)
    Product.update(title="Changed since", updated_at=datetime.now(UTC)).execute()
    close_database()
    changed = content(server_url)
    replaced = engine.restore(backup)
    assert content(server_url) == before
    assert replaced is not None
    engine.restore(replaced)
    assert content(server_url) == changed
    open_database(server_url)
    assert Product.select().where(title_matches(match_text(["changed"]))).count() == 60


@needs_pg_dump
def test_a_backup_of_tables_in_a_schema_of_the_user_is_restored(
    file: str, server_url: str, tmp_path: Path
) -> None:
    """Postgres puts tables into a schema with the user's name, where there is one."""
    run_sql(server_url, "CREATE SCHEMA aliscrape")
    copy_database(file, server_url)
    before = content(server_url)
    backup = tmp_path / "backup.dump"
    engine_of(server_url).back_up(backup)
    run_sql(server_url, "UPDATE aliscrape.product SET title = 'Changed since'")
    engine_of(server_url).restore(backup)
    assert content(server_url) == before


@needs_pg_dump
def test_no_backup_is_restored_beside_a_crawl(file: str, server_url: str, tmp_path: Path) -> None:
    copy_database(file, server_url)
    engine = engine_of(server_url)
    engine.back_up(tmp_path / "backup.dump")
    lock = engine.take_crawl_lock("category", "a listing")
    assert lock is not None
    assert engine.take_crawl_lock("category", "a listing") is None
    with pytest.raises(StorageError, match="A crawl is using the database"):
        engine.restore(tmp_path / "backup.dump")
    lock.release()


@needs_pg_dump
def test_another_file_is_no_backup(server_url: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(StorageError, match="pg_restore failed"):
        engine_of(server_url).restore(tmp_path / "notes.txt")


def test_without_postgres_programs_a_backup_says_what_to_install(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StorageError, match="apt install postgresql-client"):
        engine_of(server_url).back_up(tmp_path / "backup.dump")


def test_the_state_of_a_database_is_told_without_changing_it(
    server_url: str, tmp_path: Path
) -> None:
    engine = engine_of(server_url)
    assert (engine.inspect(), engine.inspect()) == ("empty", "empty")
    with pytest.raises(StorageError, match="is empty: there is nothing to copy"):
        copy_database(server_url, f"sqlite:///{tmp_path}/copy.db")
    engine.open().close()
    assert engine.inspect() == "current"
