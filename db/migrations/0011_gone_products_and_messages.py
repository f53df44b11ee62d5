"""Add when the site said that a product is gone, and what notifications a crawl has sent.

In SQL, because peewee would rebuild the tables, and their indexes would be gone.
"""

COLUMNS = {
    "product": ("gone_at TEXT", "redirected_id TEXT"),
    "crawl": ("notified_through INTEGER", "failures_notified_at TEXT"),
}


def up(migrator, db):
    for table, columns in COLUMNS.items():
        for column in columns:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
