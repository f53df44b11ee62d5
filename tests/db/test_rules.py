"""The rules of the facts, held by any sequence of crawls, edits, deletions, failures and crashes.

`Model` is a second reading of the rules, in plain dicts. After every step the database must have
exactly what the model has.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db import repeating
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import AlreadyStored, create_product, delete_product, edit_product
from db.database import close_database, database, open_database
from db.edits import InvalidEdit
from db.errors import StorageError
from db.models import Observation, Product
from db.money import Money
from db.observations import Histories
from db.sightings import Sighting
from tests.postgres import Postgres

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
IDS = ("1", "2", "3")
AMOUNTS = ("price", "list_price", "shipping_price")
PLAIN = ("title", "star_rating", "store_name", "units_sold")
WITH_PRICE = ("price_text", "price_condition", "condition_key", "sku_id")
OBSERVED = ("currency", *AMOUNTS, "condition_key", "sku_id", "star_rating", "units_sold")
CONDITIONS: dict[Any, str | None] = {
    None: None,
    "New shoppers save US $5": "new shoppers save",
    "New shoppers save US $6": "new shoppers save",
    "Members only": "members only",
}

Row = dict[str, Any]
BLANK: Row = dict.fromkeys(
    ("currency", *AMOUNTS, *WITH_PRICE, "shipping_text", "listing_shipping_text", "star_rating",
     "units_sold", "units_sold_text", "store_name", "first_seen_at", "last_seen_at",
     "price_dropped_at")
)  # fmt: skip


class Model:
    """What the database must have: products by AliExpress id, each with its history."""

    def __init__(self) -> None:
        self.products: dict[str, Row] = {}
        self.histories: dict[str, list[Row]] = {}

    def crawl(self, seen: Mapping[str, Any], now: datetime) -> None:
        product = self.products.get(seen["id"])
        if product is None:
            product = self.products[seen["id"]] = BLANK | {"held": set(), "deleted": False}
            self.histories[seen["id"]] = []
        if product["deleted"]:
            return
        self.observe(product, self.histories[seen["id"]], seen, now)
        self.apply(product, {name: seen[name] for name in PLAIN if seen[name] is not None})
        if seen["units_sold"] is not None:
            self.apply(product, {"units_sold_text": "some sold"}, "units_sold")
        self.say_money(product, seen)
        product["first_seen_at"] = product["first_seen_at"] or now
        product["last_seen_at"] = now

    def observe(
        self, product: Row, history: list[Row], seen: Mapping[str, Any], now: datetime
    ) -> None:
        told = {name: seen[name] for name in OBSERVED}
        if history and history[-1] == told:
            return
        comparable = [
            one["price"]
            for one in history
            if one["price"] is not None
            and one["currency"] == told["currency"]
            and one["condition_key"] == told["condition_key"]
            and (None in {one["sku_id"], told["sku_id"]} or one["sku_id"] == told["sku_id"])
        ]
        if told["price"] is not None and comparable and told["price"] < comparable[-1]:
            product["price_dropped_at"] = now
        history.append(told)

    def apply(self, product: Row, columns: Row, fact: str | None = None) -> None:
        """Set columns unless a person holds their fact."""
        for column, value in columns.items():
            if (fact or column) not in product["held"]:
                product[column] = value

    def say_money(self, product: Row, seen: Mapping[str, Any]) -> None:
        moves = seen["currency"] not in {None, product["currency"]}
        if moves:
            if product["held"] & {*AMOUNTS, "currency"}:
                return  # money of another currency cannot stand beside what a person holds
            if product["currency"] is not None and seen["price"] is None:
                return
        replaces = moves and product["currency"] is not None
        if moves:
            product["currency"] = seen["currency"]
        if seen["price"] is not None:
            self.apply(product, {name: seen[name] for name in ("price", *WITH_PRICE)}, "price")
            self.apply(product, {"list_price": seen["list_price"]})
        text = seen["shipping_text"]
        is_new = text is not None and text != product["listing_shipping_text"]
        if replaces or seen["shipping_price"] is not None or is_new:
            columns = {"shipping_price": seen["shipping_price"], "shipping_text": text,
                       "listing_shipping_text": text}  # fmt: skip
            self.apply(product, columns, "shipping_price")

    def edit(self, product: Row, values: Row) -> None:
        values = dict(values)
        held = set(values.pop("edited_fields", product["held"]))
        changed = {name for name, value in values.items() if product[name] != value}
        if "currency" in changed:
            changed |= {name for name in AMOUNTS if values.get(name) is not None}
        product.update(values)
        for fact, texts in {"price": WITH_PRICE, "shipping_price": ("shipping_text",),
                            "units_sold": ("units_sold_text",)}.items():  # fmt: skip
            if fact in changed:
                product.update(dict.fromkeys(texts))
        product["held"] = held | changed

    def create(self, aliexpress_id: str, values: Row) -> None:
        before = self.products.get(aliexpress_id, BLANK)
        kept = ("listing_shipping_text", "first_seen_at", "last_seen_at", "price_dropped_at")
        self.products[aliexpress_id] = (
            BLANK
            | {name: before[name] for name in kept}
            | values
            | {"held": set(values), "deleted": False}
        )
        self.histories.setdefault(aliexpress_id, [])


amounts = st.none() | st.integers(1, 9).map(lambda unit: unit * 100)
seen_products = st.fixed_dictionaries(
    {
        "id": st.sampled_from(IDS),
        "title": st.sampled_from(["Shoe", "Boot"]),
        "currency": st.sampled_from(["USD", "USD", "EUR"]),
        "price": amounts,
        "list_price": amounts,
        "shipping_price": amounts,
        "price_condition": st.sampled_from([None, *CONDITIONS]),
        "sku_id": st.sampled_from([None, "1", "2"]),
        "shipping_text": st.sampled_from([None, "Free over US $10", "Free over US $20"]),
        "star_rating": st.sampled_from([None, 4.5, 4.8]),
        "units_sold": st.none() | st.integers(0, 3),
        "store_name": st.sampled_from([None, "Ours", "Theirs"]),
    }
).map(
    lambda seen: (
        seen
        | {
            "currency": seen["currency"] if any(seen[name] for name in AMOUNTS) else None,
            "condition_key": CONDITIONS[seen["price_condition"]],
            "price_text": "as shown",
        }
    )
)
pages = st.lists(seen_products, min_size=1, max_size=4)
edits = st.one_of(
    st.fixed_dictionaries({"title": st.sampled_from(["Mine", "Shoe"])}),
    st.fixed_dictionaries({"store_name": st.sampled_from([None, "Mine"])}),
    st.fixed_dictionaries({"units_sold": st.none() | st.integers(0, 3)}),
    st.fixed_dictionaries({"price": amounts}),
    st.fixed_dictionaries({"price": amounts, "list_price": amounts}),
    st.fixed_dictionaries({"shipping_price": amounts, "star_rating": st.just(1.0)}),
    st.fixed_dictionaries({"currency": st.sampled_from([None, "USD", "EUR"]), "price": amounts,
                           "list_price": amounts, "shipping_price": amounts}),
)  # fmt: skip
held_fields = st.sets(st.sampled_from([*AMOUNTS, *PLAIN, "currency"]))


def to_sighting(seen: Mapping[str, Any]) -> Sighting:
    facts = {name: seen[name] for name in (*PLAIN, "price_text", "price_condition", "sku_id",
                                           "shipping_text")}  # fmt: skip
    facts |= {
        name: None if seen[name] is None else Money(seen[name], seen["currency"])
        for name in AMOUNTS
    }
    return Sighting(aliexpress_id=seen["id"], units_sold_text="some sold", **facts)


def to_values(values: Row) -> Row:
    """Return an edit as the API has it: amounts in units of their currency."""
    return {
        name: Decimal(value) / 100 if name in AMOUNTS and value is not None else value
        for name, value in values.items()
    }


class Crash(BaseException):
    """Power is gone."""


class Storage(Protocol):
    """A new, empty database, which can refuse a write and lose its power."""

    @property
    def url(self) -> str: ...

    def refuse(self) -> None:
        """Refuse new observations from now on."""

    def accept(self) -> None:
        """Accept them again."""

    def crash(self) -> None:
        """Lose what is not committed, in the middle of a transaction of this process."""

    def drop(self) -> None:
        """Remove the database."""


class File:
    """A SQLite file. After a crash it is a copy of the files as they were."""

    def __init__(self, empty: Path) -> None:
        self._folder = TemporaryDirectory()
        self._path = Path(self._folder.name) / "0.db"
        shutil.copy(empty, self._path)

    @property
    def url(self) -> str:
        return f"sqlite:///{self._path}"

    def refuse(self) -> None:
        database.execute_sql(
            "CREATE TEMP TRIGGER refuse BEFORE INSERT ON observation "
            "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )

    def accept(self) -> None:
        database.execute_sql("DROP TRIGGER refuse")

    def crash(self) -> None:
        path = self._path.with_stem(str(int(self._path.stem) + 1))
        for ending in ("", "-wal"):
            shutil.copy(f"{self._path}{ending}", f"{path}{ending}")
        self._path = path

    def drop(self) -> None:
        self._folder.cleanup()


class ServerDatabase:
    """A database of a Postgres server. A crash ends the server's process for the connection."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = server.new_database()

    def refuse(self) -> None:
        database.execute_sql(
            "ALTER TABLE observation ADD CONSTRAINT refuse CHECK (false) NOT VALID"
        )

    def accept(self) -> None:
        database.execute_sql("ALTER TABLE observation DROP CONSTRAINT refuse")

    def crash(self) -> None:
        self._server.kill_connections(self.url)

    def drop(self) -> None:
        self._server.drop(self.url)


class RulesOfFacts(RuleBasedStateMachine):
    """A shop, a person and a bad day."""

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        self.storage = storage

    @initialize()
    def begin(self) -> None:
        open_database(self.storage.url)
        self.crawl_id = start_crawl("category")
        self.model = Model()
        self.now = BEGIN

    def teardown(self) -> None:
        close_database()
        self.storage.drop()

    def tick(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def alive(self, aliexpress_id: str) -> Product | None:
        found: Product | None = Product.get_or_none(
            Product.aliexpress_id == aliexpress_id, Product.deleted_at.is_null()
        )
        return found

    @rule(page=pages)
    def crawl(self, page: list[Row]) -> None:
        now = self.tick()
        record_sightings(self.crawl_id, [to_sighting(seen) for seen in page], at=now)
        for seen in page:
            self.model.crawl(seen, now)

    @rule(page=pages)
    def crawl_a_page_that_cannot_be_stored(self, page: list[Row]) -> None:
        self.storage.refuse()
        page = [*page, page[0] | {"id": "999"}]  # a new one, so that something is inserted
        with pytest.raises(StorageError):
            record_sightings(self.crawl_id, [to_sighting(seen) for seen in page], at=self.tick())
        self.storage.accept()

    @rule(page=pages)
    def crash_while_a_page_is_stored(self, page: list[Row]) -> None:
        write = Histories.write

        def crash(histories: Histories) -> None:
            write(histories)
            self.storage.crash()
            raise Crash

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Histories, "write", crash)
            patched.setattr(repeating, "REPEAT_SECONDS", -1.0)  # nobody is left to repeat it
            with pytest.raises((Crash, StorageError)):
                record_sightings(self.crawl_id, [*map(to_sighting, page)], at=self.tick())
        self.restart()

    @rule()
    def restart(self) -> None:
        close_database()
        open_database(self.storage.url)

    @precondition(lambda self: self.model.products)
    @rule(aliexpress_id=st.sampled_from(IDS), values=edits)
    def edit(self, aliexpress_id: str, values: Row) -> None:
        product = self.alive(aliexpress_id)
        if product is None:
            return
        row = self.model.products[aliexpress_id]
        currency = values.get("currency", row["currency"])
        if currency is None and any(values.get(name) is not None for name in AMOUNTS):
            with pytest.raises(InvalidEdit):
                edit_product(product, to_values(values), self.tick())
            return
        assert edit_product(product, to_values(values), self.tick())
        self.model.edit(row, values)

    @precondition(lambda self: self.model.products)
    @rule(aliexpress_id=st.sampled_from(IDS), fields=held_fields)
    def hold_or_release(self, aliexpress_id: str, fields: set[str]) -> None:
        product = self.alive(aliexpress_id)
        if product is not None:
            assert edit_product(product, {"edited_fields": fields}, self.tick())
            self.model.edit(self.model.products[aliexpress_id], {"edited_fields": fields})

    @precondition(lambda self: self.model.products)
    @rule(aliexpress_id=st.sampled_from(IDS), page=pages)
    def edit_what_a_crawl_has_just_written(self, aliexpress_id: str, page: list[Row]) -> None:
        product = self.alive(aliexpress_id)
        if product is None:
            return
        page = [*page, page[0] | {"id": aliexpress_id, "title": f"Shoe of {self.now}"}]
        self.crawl(page)
        if "title" not in self.model.products[aliexpress_id]["held"]:
            assert not edit_product(product, {"store_name": f"Mine of {self.now}"}, self.tick())

    @rule(aliexpress_id=st.sampled_from(IDS))
    def delete(self, aliexpress_id: str) -> None:
        product = self.alive(aliexpress_id)
        if product is not None:
            assert delete_product(product, self.tick())
            self.model.products[aliexpress_id]["deleted"] = True

    @rule(aliexpress_id=st.sampled_from(IDS), store=st.sampled_from([None, "By hand"]))
    def create(self, aliexpress_id: str, store: str | None) -> None:
        values = {"title": "Made by hand", "store_name": store}
        row = self.model.products.get(aliexpress_id)
        if row is not None and not row["deleted"]:
            with pytest.raises(AlreadyStored):
                create_product(values, aliexpress_id, self.tick())
            return
        create_product(values, aliexpress_id, self.tick())
        self.model.create(aliexpress_id, values)

    @invariant()
    def the_database_has_what_the_rules_say(self) -> None:
        products: Iterable[Any] = Product.select().dicts()
        rows = {str(row["aliexpress_id"]): row for row in products}
        assert len(rows) == Product.select().count(), "one product, one row"
        assert {number: to_model(row) for number, row in rows.items()} == self.model.products
        ids = {row["id"]: number for number, row in rows.items()}
        histories: dict[str, list[Row]] = {number: [] for number in self.model.products}
        observations: Iterable[Any] = Observation.select().order_by(Observation.id).dicts()
        for seen in observations:
            told = {name: seen[f"{name}_minor" if name in AMOUNTS else name] for name in OBSERVED}
            histories[ids[seen["product"]]].append(told)
        assert histories == self.model.histories

    @invariant()
    def money_has_a_currency(self) -> None:
        for row in self.model.products.values():
            assert row["currency"] or not any(row[name] is not None for name in AMOUNTS)


def to_model(row: Row) -> Row:
    """Return a row of the database as the model has it."""
    names = (*BLANK, "title")
    columns = {name: row[f"{name}_minor" if name in AMOUNTS else name] for name in names}
    return columns | {
        "held": set(row["edited_fields"]),
        "deleted": row["deleted_at"] is not None,
    }


def assert_rules_hold(new_storage: Callable[[], Storage], examples: int) -> None:
    """Run sequences of crawls, edits and accidents, each on a database of its own."""

    class Rules(RulesOfFacts):
        def __init__(self) -> None:
            super().__init__(new_storage())

    run_state_machine_as_test(
        Rules,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50 if IS_LONG else 20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_the_rules_of_facts_hold_in_a_file(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    open_database(f"sqlite:///{empty}")
    close_database()
    assert_rules_hold(lambda: File(empty), examples=200 if IS_LONG else 10)


@pytest.mark.long
def test_the_rules_of_facts_hold_on_a_server(postgres: Postgres) -> None:
    assert_rules_hold(lambda: ServerDatabase(postgres), examples=20)
