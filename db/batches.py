"""Write many rows with few statements.

peewee makes the text of a statement anew for each row, which takes longer than SQLite takes to
write the row. Here it is made once, and executed with the values of all rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from peewee import Model, Value

from db.database import database
from db.models import Product
from db.products import INTERNAL_COLUMNS

_ANY: Final = Value(None, converter=False)
"""Placeholder for a value of a row in the text of a statement."""


class ProductBatch:
    """New and changed products of one transaction, which `write` puts into the database."""

    def __init__(self) -> None:
        self._new: list[Product] = []
        self._changed: dict[int, dict[str, Any]] = defaultdict(dict)

    def add(self, product: Product) -> None:
        """Add a new product. It has no id until it is written."""
        self._new.append(product)

    def update(self, product: Product, **columns: Any) -> None:
        """Change columns of a product, and increase its version if the API shows one of them.

        The transaction must have read the product.
        """
        stored = product.__data__
        changed = {name: value for name, value in columns.items() if stored.get(name) != value}
        if not changed.keys() <= INTERNAL_COLUMNS:
            changed["version"] = product.version + 1
        for name, value in changed.items():
            setattr(product, name, value)
        if product.id is not None:
            self._changed[product.id] |= changed

    def write(self) -> None:
        """Write all, and give the new products their ids."""
        insert_rows(self._new)
        self._read_ids()
        alike: dict[frozenset[str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for product_id, columns in self._changed.items():
            alike[frozenset(columns)].append((product_id, columns))
        for names, rows in alike.items():
            _update_rows(Product, names, rows)
        self._new.clear()
        self._changed.clear()

    def _read_ids(self) -> None:
        if not self._new:
            return
        new = {product.aliexpress_id: product for product in self._new}
        query = Product.select(Product.aliexpress_id, Product.id)
        rows: Iterable[Any] = query.where(Product.aliexpress_id.in_(list(new))).tuples()
        for aliexpress_id, product_id in rows:
            new[aliexpress_id].id = product_id


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert rows of one table. The database chooses their ids."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.sorted_fields if field.name != "id"]
    text = _insert_text(model, tuple(field.name for field in fields))
    values = [[field.db_value(row.__data__.get(field.name)) for field in fields] for row in rows]
    database.cursor().executemany(text, values)


def _update_rows(
    model: type[Model], names: frozenset[str], rows: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Set the named columns of rows, which are given by their ids."""
    fields = [field for field in model._meta.sorted_fields if field.name in names]
    if not fields:
        return
    text = _update_text(model, tuple(field.name for field in fields))
    values = [
        [*(field.db_value(columns[field.name]) for field in fields), row_id]
        for row_id, columns in rows
    ]
    database.cursor().executemany(text, values)


@lru_cache(maxsize=16)
def _insert_text(model: type[Model], names: tuple[str, ...]) -> str:
    text, _ = model.insert(dict.fromkeys(names, _ANY)).sql()
    return str(text)


@lru_cache(maxsize=256)
def _update_text(model: type[Model], names: tuple[str, ...]) -> str:
    by_id = model._meta.primary_key == _ANY
    text, _ = model.update(dict.fromkeys(names, _ANY)).where(by_id).sql()
    return str(text)
