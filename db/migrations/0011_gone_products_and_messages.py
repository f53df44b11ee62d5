"""Products have the instant at which the site said that they are gone, crawls what they told of.

In SQL, because peewee would rebuild the tables, and their indexes would be gone.
"""

COLUMNS = {
    "product": ("gone_at TEXT", "redirected_id TEXT"),
    "crawl": ("told_through INTEGER", "trouble_told_at TEXT"),
}


def up(migrator, db):
    for table, columns in COLUMNS.items():
        for column in columns:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column}")
