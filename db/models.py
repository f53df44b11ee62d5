"""The tables, with the constraints that keep a row from saying something impossible.

Products are never deleted, only stamped with `deleted_at`, so that a later crawl knows to leave
them out. The rules of writing are in `catalog`; the tables are made by `migrations`.
"""

from typing import Any

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

from db.database import database
from db.fields import InstantField, JSONTextField, NamesField


def _amount() -> Any:
    return BigIntegerField(null=True)


def _money_rules() -> list[Any]:
    amounts = ("price_minor", "list_price_minor", "shipping_price_minor")
    unlabelled = " AND ".join(f"{amount} IS NULL" for amount in amounts)
    return [
        *(Check(f"{amount} >= 0") for amount in amounts),
        Check(f"currency IS NOT NULL OR ({unlabelled})"),
        Check("length(currency) = 3"),
        Check("star_rating BETWEEN 0 AND 5"),
        Check("units_sold >= 0"),
    ]


class BaseModel(Model):
    """Binds every table to the one open database and names it after its class."""

    class Meta:
        database = database
        legacy_table_names = False


class Crawl(BaseModel):
    """One run of a spider; `outcome` is null while it runs.

    Of the products found each was new, changed, unchanged, repeated, ignored (deleted by a
    person), dropped or failed. `target` is the listing that was asked for, null where the spider
    finds it itself; `coverage` says for each fact on what share of the products it was; `advice`
    says what to do next.
    """

    id = AutoField()
    spider = TextField()
    listing = TextField(null=True)
    category = TextField(null=True)
    started_at = InstantField()
    finished_at = InstantField(null=True)
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
    target = TextField(null=True)
    bytes = BigIntegerField(null=True)
    failed_pages = IntegerField(null=True)
    coverage = JSONTextField(null=True)
    advice = TextField(null=True)

    class Meta:
        constraints = [Check("(finished_at IS NULL) = (outcome IS NULL)")]


class Product(BaseModel):
    """What is known of one product now; `currency` labels every amount of the row.

    `product_page_read_at` is when its own page was last read; `listing_shipping_text` is what the
    listing last said of shipping, which the page may have said better since. `price_dropped_at`
    is when a crawl last saw a lower price than the one before; `version` counts the writes.
    """

    id = AutoField()
    aliexpress_id = TextField(null=True, unique=True)
    title = TextField()
    url = TextField(null=True)
    image_url = TextField(null=True)
    currency = TextField(null=True)
    price_minor = _amount()
    price_text = TextField(null=True)
    list_price_minor = _amount()
    shipping_price_minor = _amount()
    shipping_text = TextField(null=True)
    star_rating = FloatField(null=True)
    units_sold = BigIntegerField(null=True)
    units_sold_text = TextField(null=True)
    store_name = TextField(null=True)
    category = TextField(null=True)
    edited_fields = NamesField(default=frozenset)
    first_seen_at = InstantField(null=True)
    last_seen_at = InstantField(null=True)
    created_at = InstantField()
    updated_at = InstantField()
    deleted_at = InstantField(null=True)
    product_page_read_at = InstantField(null=True)
    listing_shipping_text = TextField(null=True)
    last_crawl = ForeignKeyField(Crawl, null=True, backref="+", index=False)
    price_dropped_at = InstantField(null=True)
    version = IntegerField(default=1)

    class Meta:
        constraints = [
            Check("title <> ''"),
            Check("CAST(CAST(aliexpress_id AS BIGINT) AS TEXT) = aliexpress_id"),
            Check("CAST(aliexpress_id AS BIGINT) BETWEEN 1 AND 2251799813685247"),
            *_money_rules(),
        ]


class Observation(BaseModel):
    """What one crawl saw of one product, written when it differs from the one before."""

    id = AutoField()
    product = ForeignKeyField(Product, backref="observations", on_delete="RESTRICT", index=False)
    crawl = ForeignKeyField(Crawl, backref="observations", on_delete="RESTRICT", index=False)
    seen_at = InstantField()
    currency = TextField(null=True)
    price_minor = _amount()
    list_price_minor = _amount()
    shipping_price_minor = _amount()
    star_rating = FloatField(null=True)
    units_sold = BigIntegerField(null=True)

    class Meta:
        constraints = _money_rules()
        indexes = ((("product", "id"), False), (("crawl",), False))


class FormerPlace(BaseModel):
    """Where a product stood in the orders of the list before a change; a trigger writes it.

    With the places since a walk began, the walk can go on in the order that it began with.
    """

    id = AutoField()
    product = ForeignKeyField(Product, backref="+", on_delete="CASCADE", index=False)
    changed_at = TextField()
    currency = TextField(null=True)
    price_minor = _amount()
    list_price_minor = _amount()
    shipping_price_minor = _amount()
    star_rating = FloatField(null=True)
    units_sold = BigIntegerField(null=True)
    title = TextField()
    store_name = TextField(null=True)
    first_seen_at = InstantField(null=True)
    last_seen_at = InstantField(null=True)
    updated_at = InstantField()


MODELS = (Crawl, Product, Observation, FormerPlace)
