"""The schema of a Postgres database, and the search of titles in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from db.models import MODELS
from db.schema import is_outdated, runner

_PLAIN_WORDS: Final = r"""
CREATE FUNCTION plain_words(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    lower(regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g') COLLATE "und-x-icu"),
    '[^[:alnum:]"]+' COLLATE "und-x-icu", ' ', 'g'
)
"""
"""A text without case, accents and punctuation, but for the quotes of `db.search.match_text`.

SQLite's tokenizer `unicode61` reads titles in the same way, so both kinds find the same products.
"""
_SEARCH: Final = (
    _PLAIN_WORDS,
    """
    CREATE FUNCTION title_words(title text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN to_tsvector('simple', plain_words(title))
    """,
    """
    CREATE FUNCTION title_query(query text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN websearch_to_tsquery('simple', plain_words(query))
    """,
    """
    CREATE INDEX product_text ON product USING gin (title_words(title)) WHERE deleted_at IS NULL
    """,
)


def migrate(
    database: Any, name: str, exclusively: Callable[[], AbstractContextManager[None]]
) -> None:
    """Create the schema, or run the migrations that are missing, in one transaction.

    A new database gets today's schema from the models, and is marked with all migrations. Raises
    StorageError for a newer schema.
    """
    if not is_outdated(database, name):
        return
    with exclusively():
        if not is_outdated(database, name):  # another process has migrated while this one waited
            return
        migrations = runner(database)
        if migrations.applied():
            migrations.up()
            return
        with database.bind_ctx(MODELS):
            database.create_tables(MODELS)
        for statement in _SEARCH:
            database.execute_sql(statement)
        migrations.fake()
