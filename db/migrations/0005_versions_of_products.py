"""Every write of a product counts, so that two writers can tell that they have met.

In SQL, because peewee would rebuild the table for it, and its triggers would be gone.
"""


def up(migrator, db):
    db.execute_sql("ALTER TABLE product ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
