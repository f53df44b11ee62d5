"""The connection: what is opened, what is migrated, what is refused."""

import multiprocessing
import re
import sqlite3
from pathlib import Path

import pytest
from peewee import Database, DatabaseError, IntegrityError, Model, SqliteDatabase

from db.database import (
    close_database,
    database,
    drop_pooled_connections,
    open_database,
    open_for_service,
    release_connection,
)
from db.errors import StorageError
from db.models import MODELS, Crawl, Observation, Product


def test_a_missing_folder_and_file_are_made(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/new/folder/products.db")
    try:
        assert Product.select().count() == 0
    finally:
        close_database()


def test_a_path_with_three_slashes_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_database("sqlite:///data/products.db")
    close_database()
    assert (tmp_path / "data/products.db").exists()


def test_a_service_uses_a_connection_for_many_requests(database_url: str) -> None:
    open_for_service(database_url)
    first = database.connection()
    for _ in range(3):
        release_connection()
        assert database.connection() is first
    close_database()
    drop_pooled_connections()


@pytest.mark.sqlite  # the settings of its connections
@pytest.mark.usefixtures("open_catalog")
def test_readers_do_not_wait_for_writers() -> None:
    assert database.pragma("journal_mode") == "wal"
    assert database.pragma("foreign_keys") == 1


@pytest.mark.parametrize(
    "url", ["", "products.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://host/db"]
)
def test_a_url_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="DATABASE_URL"):
        open_database(url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes" * 50)
    with pytest.raises(StorageError, match=r"notes\.txt"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database")


def test_a_newer_schema_is_refused_with_a_sentence(database_url: str) -> None:
    open_database(database_url)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_from_the_future', 'now')"
        )
    close_database()
    with pytest.raises(StorageError, match=r"newer schema \(9999_from_the_future\)"):
        open_database(database_url)


@pytest.mark.sqlite  # these migrations have never run on Postgres
def test_an_older_schema_is_migrated(database_url: str) -> None:
    """The oldest schema there is, is none: an empty file."""
    path = database_url.removeprefix("sqlite:///")
    sqlite3.connect(path).close()
    open_database(database_url)
    tables = set(database.get_tables())
    close_database()
    assert {"product", "crawl", "observation"} <= tables


@pytest.mark.sqlite  # a Postgres database is made from the models
def test_the_migrations_make_the_tables_that_the_models_say(open_catalog: str) -> None:
    fresh = SqliteDatabase(":memory:")
    with fresh.bind_ctx(MODELS):
        fresh.create_tables(MODELS)
    assert _schema(fresh) == _schema(database.obj)
    for model in MODELS:
        assert _indexes(fresh, model) == _indexes(database.obj, model)
    fresh.close()


def _indexes(connection: Database, model: type[Model]) -> set[tuple[object, ...]]:
    """Return name, columns, uniqueness and condition of each index of a table."""
    return {
        (index.name, tuple(index.columns), index.unique, _condition(index.sql))
        for index in connection.get_indexes(model._meta.table_name)
    }


def _condition(sql: str | None) -> str:
    return re.sub(r'[()"]', "", (sql or "").partition(" WHERE ")[2])


def _schema(connection: Database) -> dict[str, tuple[object, ...]]:
    """Columns, foreign keys and checks of every table, however they came to be."""
    found: dict[str, tuple[object, ...]] = {}
    for model in MODELS:
        table = model._meta.table_name
        sql = connection.execute_sql(  # type: ignore[no-untyped-call]  # peewee's stub lacks it
            "SELECT sql FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()[0]
        columns = {(c.name, c.data_type, c.null) for c in connection.get_columns(table)}
        keys = {(k.column, k.dest_table) for k in connection.get_foreign_keys(table)}
        checks = {part.split(', "')[0].rstrip(", )") for part in sql.split("CHECK ")[1:]}
        found[table] = (columns, keys, checks)
    return found


def _open_and_close(url: str) -> str:
    open_database(url)
    close_database()
    return "opened"


def test_processes_that_open_a_new_database_at_once_do_not_trip_over_each_other(
    database_url: str,
) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(_open_and_close, [database_url] * 8) == ["opened"] * 8


NOW = "2026-11-23T00:00:00.000000Z"
PRODUCT = {"title": "Shoe", "edited_fields": "[]", "created_at": NOW, "updated_at": NOW}


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"title": ""}, id="no title"),
        pytest.param({"price_minor": -1, "currency": "USD"}, id="negative price"),
        pytest.param({"shipping_price_minor": -1, "currency": "USD"}, id="negative shipping"),
        pytest.param({"price_minor": 5}, id="a price without currency"),
        pytest.param({"list_price_minor": 5}, id="a list price without currency"),
        pytest.param({"currency": "dollars"}, id="no currency code"),
        pytest.param({"star_rating": 5.5}, id="six stars"),
        pytest.param({"units_sold": -3}, id="fewer than none sold"),
        pytest.param({"aliexpress_id": "12a"}, id="an id that is text"),
        pytest.param({"aliexpress_id": str(2**51 + 5)}, id="an id of the US mirror"),
    ],
)
@pytest.mark.usefixtures("open_catalog")
def test_the_tables_refuse_what_cannot_be(columns: dict[str, object]) -> None:
    with pytest.raises(DatabaseError):
        Product.insert({**PRODUCT, **columns}).execute()


@pytest.mark.usefixtures("open_catalog")
def test_the_tables_refuse_a_second_row_for_one_product() -> None:
    Product.insert({**PRODUCT, "aliexpress_id": "7"}).execute()
    with pytest.raises(IntegrityError):
        Product.insert({**PRODUCT, "aliexpress_id": "7"}).execute()


@pytest.mark.usefixtures("open_catalog")
def test_products_made_by_hand_need_no_id() -> None:
    Product.insert(PRODUCT).execute()
    Product.insert(PRODUCT).execute()
    assert Product.select().count() == 2


@pytest.mark.usefixtures("open_catalog")
def test_the_tables_refuse_history_without_product_or_crawl() -> None:
    with pytest.raises(IntegrityError):
        Observation.insert(product=1, crawl=1, seen_at=NOW).execute()


@pytest.mark.usefixtures("open_catalog")
def test_a_crawl_that_ended_says_how() -> None:
    with pytest.raises(IntegrityError):
        Crawl.insert(spider="category", started_at=NOW, finished_at=NOW).execute()
