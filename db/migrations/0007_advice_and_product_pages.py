"""A crawl's row has advice on what to do next; the time a product page was read is named so.

In SQL, because peewee would rebuild the tables, and their triggers would be gone.
"""


def up(migrator, db):
    db.execute_sql("ALTER TABLE crawl ADD COLUMN advice TEXT")
    db.execute_sql("ALTER TABLE product RENAME COLUMN visited_at TO product_page_read_at")
