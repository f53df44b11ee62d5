"""What is kept for reading: the words of titles, and what migrations fill in."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import db.schema
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import create_product, edit_product
from db.database import close_database, database, open_database, title_matches
from db.models import Product
from db.search import match_text
from db.sightings import Sighting

NOW = datetime.now(UTC)


def found(word: str) -> list[int]:
    matches = Product.deleted_at.is_null() & title_matches(match_text([word]))
    return [product.id for product in Product.select().where(matches).order_by(Product.id)]


@pytest.mark.usefixtures("open_catalog")
def test_the_words_of_titles_follow_the_titles(engine: str) -> None:
    record_sightings(start_crawl("category"), [Sighting(aliexpress_id="1", title="Canvas shoe")])
    made = create_product({"title": "Suede shoe"})
    assert (found("canvas"), found("shoe")) == ([1], [1, 2])
    edit_product(made, {"title": "Leather boot"})
    assert (found("suede"), found("shoe"), found("boot")) == ([], [1], [2])
    Product.update(deleted_at=NOW).where(Product.id == 1).execute()
    assert found("canvas") == []
    Product.update(deleted_at=NOW + timedelta(1)).where(Product.id == 1).execute()
    Product.update(deleted_at=None).where(Product.id == 1).execute()
    assert found("canvas") == [1]
    if engine == "sqlite":
        database.execute_sql("INSERT INTO product_text (product_text) VALUES ('integrity-check')")


@pytest.mark.sqlite  # these migrations have never run on Postgres
def test_what_an_older_database_can_tell_is_filled_in(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drop in the history, and the crawl whose observation is of the very instant."""
    older = tmp_path / "migrations"
    older.mkdir()
    for migration in Path(db.schema.__file__).parent.glob("migrations/000[123]_*.py"):
        shutil.copy(migration, older)
    with monkeypatch.context() as patched:
        patched.setattr(db.schema, "_MIGRATIONS", older)
        open_database(database_url)
    database.obj.connection().executescript(OLDER_ROWS)
    close_database()
    open_database(database_url)
    try:
        products = list(Product.select().order_by(Product.id))
        told = [(one.last_crawl and one.last_crawl.id, one.price_dropped_at) for one in products]
        assert told == [(2, datetime(2026, 11, 2, tzinfo=UTC)), (None, None)]
        assert found("shoe") == [1, 2]
    finally:
        close_database()


THEN = "2026-11-01T00:00:00.000000Z"
OLDER_ROWS = """
    INSERT INTO product (id, title, edited_fields, last_seen_at, created_at, updated_at)
    VALUES (1, 'Canvas shoe', '[]', '2026-11-02T00:00:00.000000Z', 'THEN', 'THEN'),
           (2, 'Suede shoe', '[]', '2026-11-03T00:00:00.000000Z', 'THEN', 'THEN');
    INSERT INTO crawl (id, spider, started_at, pages, found, new, changed, unchanged, repeated,
        ignored, dropped, failed)
    VALUES (1, 'category', 'THEN', 0, 0, 0, 0, 0, 0, 0, 0, 0),
           (2, 'category', 'THEN', 0, 0, 0, 0, 0, 0, 0, 0, 0);
    INSERT INTO observation (product_id, crawl_id, seen_at, currency, price_minor)
    VALUES (1, 1, 'THEN', 'USD', 2000),
           (1, 2, '2026-11-02T00:00:00.000000Z', 'USD', 1900),
           (2, 1, 'THEN', 'USD', 2000),
           (2, 2, '2026-11-02T00:00:00.000000Z', 'EUR', 1000);
""".replace("THEN", THEN)
