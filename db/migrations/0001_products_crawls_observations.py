"""The first schema. Frozen: later changes get a migration of their own."""

from peewee import (
    AutoField,
    BigIntegerField,
    Check,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

AMOUNTS = ("price_minor", "list_price_minor", "shipping_price_minor")


def money_rules():
    unlabelled = " AND ".join(f"{amount} IS NULL" for amount in AMOUNTS)
    return [
        *(Check(f"{amount} >= 0") for amount in AMOUNTS),
        Check(f"currency IS NOT NULL OR ({unlabelled})"),
        Check("length(currency) = 3"),
        Check("star_rating BETWEEN 0 AND 5"),
        Check("units_sold >= 0"),
    ]


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Product(Base):
        id = AutoField()
        aliexpress_id = TextField(null=True, unique=True)
        title = TextField()
        url = TextField(null=True)
        image_url = TextField(null=True)
        currency = TextField(null=True)
        price_minor = BigIntegerField(null=True)
        price_text = TextField(null=True)
        list_price_minor = BigIntegerField(null=True)
        shipping_price_minor = BigIntegerField(null=True)
        shipping_text = TextField(null=True)
        star_rating = FloatField(null=True)
        units_sold = BigIntegerField(null=True)
        units_sold_text = TextField(null=True)
        store_name = TextField(null=True)
        category = TextField(null=True)
        edited_fields = TextField()
        first_seen_at = TextField(null=True)
        last_seen_at = TextField(null=True)
        created_at = TextField()
        updated_at = TextField()
        deleted_at = TextField(null=True)

        class Meta:
            constraints = [
                Check("title <> ''"),
                Check("CAST(CAST(aliexpress_id AS BIGINT) AS TEXT) = aliexpress_id"),
                Check("CAST(aliexpress_id AS BIGINT) BETWEEN 1 AND 2251799813685247"),
                *money_rules(),
            ]

    class Crawl(Base):
        id = AutoField()
        spider = TextField()
        listing = TextField(null=True)
        category = TextField(null=True)
        started_at = TextField()
        finished_at = TextField(null=True)
        outcome = TextField(null=True)
        reason = TextField(null=True)
        pages = IntegerField(default=0)
        found = IntegerField(default=0)
        new = IntegerField(default=0)
        changed = IntegerField(default=0)
        unchanged = IntegerField(default=0)
        repeated = IntegerField(default=0)
        ignored = IntegerField(default=0)
        dropped = IntegerField(default=0)
        failed = IntegerField(default=0)

        class Meta:
            constraints = [Check("(finished_at IS NULL) = (outcome IS NULL)")]

    class Observation(Base):
        id = AutoField()
        product = ForeignKeyField(Product, on_delete="RESTRICT", index=False)
        crawl = ForeignKeyField(Crawl, on_delete="RESTRICT", index=False)
        seen_at = TextField()
        currency = TextField(null=True)
        price_minor = BigIntegerField(null=True)
        list_price_minor = BigIntegerField(null=True)
        shipping_price_minor = BigIntegerField(null=True)
        star_rating = FloatField(null=True)
        units_sold = BigIntegerField(null=True)

        class Meta:
            constraints = money_rules()
            indexes = ((("product", "id"), False), (("crawl",), False))

    db.create_tables([Product, Crawl, Observation])
