"""A product has the instant at which the site first said that it no longer exists.

It also has the id to which the site redirects its page, which listings state.

In SQL, because peewee would rebuild the table, and its indexes would be gone.
"""


def up(migrator, db):
    for column in ("gone_at", "redirected_id"):
        db.execute_sql(f"ALTER TABLE product ADD COLUMN {column} TEXT")
