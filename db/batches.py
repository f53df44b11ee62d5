"""Write many rows with few statements.

peewee makes the text of a statement anew for each row, which takes longer than SQLite takes to
write the row. Here it is made once, and executed with the values of all rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from peewee import Model, Value

from db.database import database, kept_sql
from db.models import Product
from db.products import COLUMNS, INTERNAL_COLUMNS, KnownProduct
from db.statements import Statement, parameters

_ANY: Final = Value(None, converter=False)
"""Placeholder for a value of a row in the text of a statement."""
_INSERTED: Final = tuple(name for name in COLUMNS if name != "id")


class ProductBatch:
    """New and changed products of one transaction, which `write` puts into the database."""

    def __init__(self) -> None:
        self._new: list[KnownProduct] = []
        self._changed: dict[int, dict[str, Any]] = defaultdict(dict)

    def add(self, product: KnownProduct) -> None:
        """Add a new product. It has no id until it is written."""
        self._new.append(product)

    def update(self, product: KnownProduct, **columns: Any) -> None:
        """Change columns of a product, and increase its version if the API shows one of them.

        The transaction must have read the product.
        """
        known = product.columns
        changed = {name: value for name, value in columns.items() if known[name] != value}
        if not changed.keys() <= INTERNAL_COLUMNS:
            changed["version"] = product.version + 1
        known.update(changed)
        if product.id is not None:
            self._changed[product.id] |= changed

    def write(self) -> None:
        """Write all, and give the new products their ids."""
        insert_rows(Product, _INSERTED, [_insertable(product) for product in self._new])
        self._read_ids()
        alike: dict[tuple[str, ...], list[list[Any]]] = defaultdict(list)
        for product_id, columns in self._changed.items():
            names = tuple(name for name in COLUMNS if name in columns)  # as peewee orders them
            alike[names].append([*(columns[name] for name in names), product_id])
        for names, rows in alike.items():
            if names:
                database.cursor().executemany(_update_text(Product, names), rows)
        self._new.clear()
        self._changed.clear()

    def _read_ids(self) -> None:
        if not self._new:
            return
        ids = dict(_ids(len(self._new)).tuples([product.aliexpress_id for product in self._new]))
        for product in self._new:
            product.id = ids[product.aliexpress_id]


def insert_rows(model: type[Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of one table, with these columns as they are stored."""
    if rows:
        database.cursor().executemany(_insert_text(model, names), rows)


def _insertable(product: KnownProduct) -> list[Any]:
    stored = product.columns | {
        "edited_fields": Product.edited_fields.db_value(product.edited_fields)
    }
    return [stored[name] for name in _INSERTED]


@kept_sql
def _ids(count: int) -> Statement:
    such = Product.aliexpress_id.in_(parameters(count))
    return Statement(Product.select(Product.aliexpress_id, Product.id).where(such))


@kept_sql
def _insert_text(model: type[Model], names: tuple[str, ...]) -> str:
    fields = [model._meta.columns[name] for name in names]
    text, _ = model.insert_many([[_ANY] * len(fields)], fields).sql()
    return str(text)


@kept_sql
def _update_text(model: type[Model], names: tuple[str, ...]) -> str:
    fields = [model._meta.columns[name] for name in names]
    by_id = model._meta.primary_key == _ANY
    text, _ = model.update(dict.fromkeys(fields, _ANY)).where(by_id).sql()
    return str(text)
