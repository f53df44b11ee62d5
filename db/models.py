"""Tables, constraints and indexes.

Products are never deleted from the table. `deleted_at` is set instead, so that later crawls do not
add them again. The tables are created by `migrations`; a test compares both.
"""

from typing import Any

from peewee import (
    SQL,
    BigAutoField,
    BigIntegerField,
    Check,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from db.fields import InstantField, JSONTextField, NamesField
from db.proxy import database


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
    """One run of a spider. `outcome` is null while it runs.

    Each product found is counted as new, changed, unchanged, repeated, ignored (deleted through
    the API), dropped or failed. `target` is the listing passed to the spider, null if the spider
    finds the listing itself. `coverage` is the share of products on which each fact was found.
    `locale` is the country, currency and language of the pages, null for older crawls.
    `advice` says what to do next. `notified_through` is the last observation whose price drop was
    reported after this crawl. `failures_notified_at` is when failed crawls were reported.
    """

    id = BigAutoField()
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
    notified_through = BigIntegerField(null=True)
    failures_notified_at = InstantField(null=True)
    locale = TextField(null=True)

    class Meta:
        constraints = [Check("(finished_at IS NULL) = (outcome IS NULL)")]


class Product(BaseModel):
    """What is known of one product now; `currency` labels every amount of the row.

    `product_page_read_at` is when its own page last answered. `listing_shipping_text` is what the
    listing last said of shipping, which the page may have said better since. `price_dropped_at` is
    when a crawl last saw a lower price than the one before. `sku_id` is the variant whose price is
    shown, `condition_key` the words of `price_condition` without its amounts. `version` counts the
    writes that changed something that the API shows. `gone_at` is when the site first said that
    there is no such product; it is null again when the product is seen. `redirected_id` is
    the id of the page to which the site redirects the product's own.
    """

    id = BigAutoField()
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
    star_rating = DoubleField(null=True)
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
    last_crawl_id: int | None  # peewee adds it beside `last_crawl`
    last_crawl = ForeignKeyField(Crawl, null=True, backref="+", index=False)
    price_dropped_at = InstantField(null=True)
    version = IntegerField(default=1)
    price_condition = TextField(null=True)
    condition_key = TextField(null=True)
    sku_id = TextField(null=True)
    gone_at = InstantField(null=True)
    redirected_id = TextField(null=True)

    class Meta:
        constraints = [
            Check("title <> ''"),
            Check("CAST(CAST(aliexpress_id AS BIGINT) AS TEXT) = aliexpress_id"),
            Check("CAST(aliexpress_id AS BIGINT) BETWEEN 1 AND 2251799813685247"),
            *_money_rules(),
        ]


class Observation(BaseModel):
    """What one crawl saw of one product, written when it differs from the one before."""

    id = BigAutoField()
    product_id: int  # peewee adds it beside `product`
    product = ForeignKeyField(Product, backref="observations", on_delete="RESTRICT", index=False)
    crawl_id: int  # peewee adds it beside `crawl`
    crawl = ForeignKeyField(Crawl, backref="observations", on_delete="RESTRICT", index=False)
    seen_at = InstantField()
    currency = TextField(null=True)
    price_minor = _amount()
    list_price_minor = _amount()
    shipping_price_minor = _amount()
    star_rating = DoubleField(null=True)
    units_sold = BigIntegerField(null=True)
    price_condition = TextField(null=True)
    condition_key = TextField(null=True)
    sku_id = TextField(null=True)

    class Meta:
        constraints = _money_rules()
        indexes = ((("product", "id"), False), (("crawl",), False))


MODELS = (Crawl, Product, Observation)


_LIST_INDEXES = {
    "star_rating": ["star_rating", "id"],
    "units_sold": ["units_sold", "id"],
    "title": ["title", "id"],
    "store_name": ["store_name", "id"],
    "first_seen_at": ["first_seen_at", "id"],
    "last_seen_at": ["last_seen_at", "id"],
    "updated_at": ["updated_at", "id"],
    "category": ["category", "id"],
    "price_dropped_at": ["price_dropped_at", "id"],
    "list_price": ["currency", "list_price_minor", "id"],
    "shipping_price": ["currency", "shipping_price_minor", "id"],
    "price": [
        "currency",
        "price_minor",
        "id",
        "shipping_price_minor",
        "star_rating",
        "units_sold",
        "last_seen_at",
        "price_dropped_at",
        "category",
        "store_name",
        "edited_fields",
        "deleted_at",
    ],
}
"""Indexes by which lists of products are filtered, sorted and counted.

`price` has every column that a filter compares, so that matching products are counted in the index
alone, without reading whole rows.
"""

# The narrowest index: SQLite counts a table by its pages. It is not on `deleted_at`, because SQLite
# would use that for every list, and sort.
Product.add_index(Product.index(SQL("(deleted_at IS NOT NULL)"), name="product_deleted"))

for _name, _columns in _LIST_INDEXES.items():
    Product.add_index(
        Product.index(
            *(getattr(Product, column) for column in _columns),
            where=Product.deleted_at.is_null(),
            name=f"product_{_name}",
        )
    )
