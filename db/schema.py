"""The migrations of the schema, and which of them a database has.

A new Postgres database gets today's schema from the models. So the migrations up to 0013 have only
ever run on SQLite, and later ones must serve both.
"""

from pathlib import Path
from typing import Final

from peewee import Database
from playhouse.migrations import Runner

from db.errors import StorageError

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def is_outdated(connection: Database, name: str) -> bool:
    """Return whether a migration is missing. Raises StorageError for a newer schema."""
    status = runner(connection).status()
    unknown = [migration.name for migration in status if migration.path is None]
    if unknown:
        raise StorageError(
            f"The database {name} has a newer schema ({unknown[-1]}) than this version of "
            "aliscrape knows. Install the newer aliscrape, or name another database in "
            "DATABASE_URL."
        )
    return any(migration.applied is None for migration in status)


def runner(connection: Database) -> Runner:
    """Return what runs the migrations on a database, and knows which it has."""
    return Runner(connection, directory=str(_MIGRATIONS))
