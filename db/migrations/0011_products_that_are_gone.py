"""A product has the instant at which the site first said that it no longer exists.

In SQL, because peewee would rebuild the table, and its indexes would be gone.
"""


def up(migrator, db):
    db.execute_sql("ALTER TABLE product ADD COLUMN gone_at TEXT")
