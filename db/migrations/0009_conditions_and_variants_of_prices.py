"""A price has the condition under which it holds, and the variant that it is the price of.

In SQL, because peewee would rebuild the tables, and their indexes would be gone.
"""


def up(migrator, db):
    for table in ("product", "observation"):
        for column in ("price_condition", "condition_key", "sku_id"):
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
