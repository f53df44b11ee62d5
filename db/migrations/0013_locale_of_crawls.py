"""Add in which country, currency and language a crawl has read the site."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE crawl ADD COLUMN locale TEXT")
