"""When a product's own page was last visited, and what the listing last said of shipping."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("product", "visited_at", TextField(null=True)),
        migrator.add_column("product", "listing_shipping_text", TextField(null=True)),
    )
