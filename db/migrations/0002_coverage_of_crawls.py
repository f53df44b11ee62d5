"""A crawl says what it was asked to read, how much it read, what failed, and what it found out."""

from peewee import BigIntegerField, IntegerField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("crawl", "target", TextField(null=True)),
        migrator.add_column("crawl", "bytes", BigIntegerField(null=True)),
        migrator.add_column("crawl", "failed_pages", IntegerField(null=True)),
        migrator.add_column("crawl", "coverage", TextField(null=True)),
    )
