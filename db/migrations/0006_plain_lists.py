"""Lists are read with ordinary indexes; the former places of products are no longer kept."""

ALIVE = "deleted_at IS NULL"

OLD_INDEXES = (
    "product_filtered",
    "product_category",
    "product_currency",
    "product_free_shipping",
    "product_price_dropped_at",
    "product_deleted",
    "product_price",
    "product_list_price",
    "product_shipping_price",
    "product_without_price",
    "product_without_list_price",
    "product_without_shipping_price",
    "product_star_rating",
    "product_units_sold",
    "product_title",
    "product_store_name",
    "product_first_seen_at",
    "product_last_seen_at",
    "product_updated_at",
)

INDEXES = {
    "product_list_price": "currency, list_price_minor, id",
    "product_shipping_price": "currency, shipping_price_minor, id",
    "product_star_rating": "star_rating, id",
    "product_units_sold": "units_sold, id",
    "product_title": "title, id",
    "product_store_name": "store_name, id",
    "product_first_seen_at": "first_seen_at, id",
    "product_last_seen_at": "last_seen_at, id",
    "product_updated_at": "updated_at, id",
    "product_category": "category, id",
    "product_price_dropped_at": "price_dropped_at, id",
    "product_price": "currency, price_minor, id, shipping_price_minor, star_rating, units_sold, "
    "last_seen_at, price_dropped_at, category, store_name, edited_fields, deleted_at",
}


def up(migrator, db):
    db.execute_sql("DROP TRIGGER former_place_kept")
    db.execute_sql("DROP TABLE former_place")
    for name in OLD_INDEXES:
        db.execute_sql(f"DROP INDEX {name}")
    for name, columns in INDEXES.items():
        db.execute_sql(f"CREATE INDEX {name} ON product ({columns}) WHERE {ALIVE}")
