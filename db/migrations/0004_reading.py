"""What reading needs: search of titles, an index for every order and filter, and steady pages.

SQL by hand, because peewee has no words for partial indexes, FTS5 and triggers.
"""

ALIVE = "deleted_at IS NULL"

AMOUNTS = ("price_minor", "list_price_minor", "shipping_price_minor")

# The columns that some order of the list goes by.
PLACE = (
    "currency",
    *AMOUNTS,
    "star_rating",
    "units_sold",
    "title",
    "store_name",
    "first_seen_at",
    "last_seen_at",
    "updated_at",
)

ORDERED = (
    "star_rating",
    "units_sold",
    "title",
    "store_name",
    "first_seen_at",
    "last_seen_at",
    "updated_at",
)

COLUMNS = """
    ALTER TABLE product ADD COLUMN last_crawl_id INTEGER REFERENCES crawl (id);
    ALTER TABLE product ADD COLUMN price_dropped_at TEXT
"""

# Only an observation of the very instant tells for sure which crawl saw a product last.
KNOWN_CRAWLS = """
    UPDATE product SET last_crawl_id = (
        SELECT crawl_id FROM observation
        WHERE observation.product_id = product.id AND observation.seen_at = product.last_seen_at
        ORDER BY observation.id DESC LIMIT 1
    )
"""

KNOWN_DROPS = """
    CREATE TEMPORARY TABLE known_drop AS
        SELECT product_id, max(seen_at) AS seen_at FROM (
            SELECT product_id, seen_at, price_minor,
                lag(price_minor) OVER (PARTITION BY product_id, currency ORDER BY id) AS before
            FROM observation WHERE price_minor IS NOT NULL
        ) WHERE price_minor < before GROUP BY product_id;
    CREATE INDEX known_drop_product ON known_drop (product_id);
    UPDATE product SET price_dropped_at = (
        SELECT seen_at FROM known_drop WHERE known_drop.product_id = product.id
    );
    DROP TABLE known_drop
"""

# The wide index lets a walk by id look at its filters without reading whole rows; `deleted_at` is
# in it so that SQLite's planner sees that it has all that a count needs.
INDEXES = f"""
    CREATE INDEX product_filtered ON product (
        id, currency, price_minor, shipping_price_minor, star_rating, units_sold, last_seen_at,
        price_dropped_at, deleted_at
    ) WHERE {ALIVE};
    CREATE INDEX product_category ON product (category) WHERE {ALIVE};
    CREATE INDEX product_currency ON product (currency) WHERE {ALIVE};
    CREATE INDEX product_free_shipping ON product (shipping_price_minor)
        WHERE {ALIVE} AND shipping_price_minor IS NOT NULL;
    CREATE INDEX product_price_dropped_at ON product (price_dropped_at)
        WHERE {ALIVE} AND price_dropped_at IS NOT NULL;
    CREATE INDEX product_deleted ON product (deleted_at) WHERE deleted_at IS NOT NULL
"""

SEARCH = f"""
    CREATE VIRTUAL TABLE product_text USING fts5 (
        title, content = 'product', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2'
    );
    INSERT INTO product_text (rowid, title) SELECT id, title FROM product WHERE {ALIVE}
"""

SEARCH_TRIGGERS = (
    """CREATE TRIGGER product_text_added AFTER INSERT ON product WHEN NEW.deleted_at IS NULL BEGIN
        INSERT INTO product_text (rowid, title) VALUES (NEW.id, NEW.title);
    END""",
    # One trigger, because two would run in no certain order: first the old words go.
    """CREATE TRIGGER product_text_updated AFTER UPDATE OF title, deleted_at ON product
    WHEN OLD.title IS NOT NEW.title OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN
        INSERT INTO product_text (product_text, rowid, title)
            SELECT 'delete', OLD.id, OLD.title WHERE OLD.deleted_at IS NULL;
        INSERT INTO product_text (rowid, title)
            SELECT NEW.id, NEW.title WHERE NEW.deleted_at IS NULL;
    END""",
)

# Where a product stood before each change, so that a walk through an order can go on as it began.
FORMER_PLACES = """
    CREATE TABLE former_place (
        id INTEGER NOT NULL PRIMARY KEY,
        product_id INTEGER NOT NULL REFERENCES product (id) ON DELETE CASCADE,
        changed_at TEXT NOT NULL,
        currency TEXT,
        price_minor INTEGER,
        list_price_minor INTEGER,
        shipping_price_minor INTEGER,
        star_rating REAL,
        units_sold INTEGER,
        title TEXT NOT NULL,
        store_name TEXT,
        first_seen_at TEXT,
        last_seen_at TEXT,
        updated_at TEXT NOT NULL
    );
    CREATE INDEX former_place_product ON former_place (product_id)
"""

FORMER_PLACE_TRIGGER = f"""
    CREATE TRIGGER former_place_kept AFTER UPDATE OF {", ".join(PLACE)} ON product
    WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in PLACE)} BEGIN
        INSERT INTO former_place (product_id, changed_at, {", ".join(PLACE)})
        VALUES (OLD.id, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
            {", ".join(f"OLD.{name}" for name in PLACE)});
    END
"""


def up(migrator, db):
    statements = [*COLUMNS.split(";"), KNOWN_CRAWLS, *KNOWN_DROPS.split(";")]
    statements += [*INDEXES.split(";"), *SEARCH.split(";"), *FORMER_PLACES.split(";")]
    for amount in AMOUNTS:
        name = amount.removesuffix("_minor")
        statements.append(
            f"CREATE INDEX product_{name} ON product (currency, {amount}) "
            f"WHERE {ALIVE} AND {amount} IS NOT NULL"
        )
        statements.append(
            f"CREATE INDEX product_without_{name} ON product (id) "
            f"WHERE {ALIVE} AND {amount} IS NULL"
        )
    for name in ORDERED:
        statements.append(f"CREATE INDEX product_{name} ON product ({name}) WHERE {ALIVE}")
    for statement in (*statements, *SEARCH_TRIGGERS, FORMER_PLACE_TRIGGER):
        db.execute_sql(statement)
