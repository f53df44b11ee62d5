"""Rows of products: named tuples of what is stored, which cost less than models."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from db.fields import InstantField, NamesField
from db.models import Product

_CONVERTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    field.column_name: field.python_value
    for field in Product._meta.sorted_fields
    if isinstance(field, InstantField | NamesField)
}
"""How columns of products become values, where they are not the values themselves."""


class StoredRow(tuple[Any, ...]):
    """Base class of rows. Instants and sets are converted when an attribute is read."""

    __slots__ = ()


@lru_cache(maxsize=100)
def row_class(columns: Sequence[str]) -> Any:
    """Return a named tuple class with these columns. Its `_make` takes a row of a cursor."""
    stored = namedtuple("stored", columns)  # type: ignore[misc]  # read from SQL
    converted = {
        name: _converted(position, _CONVERTERS[name])
        for position, name in enumerate(columns)
        if name in _CONVERTERS
    }
    return type("Row", (stored, StoredRow), {"__slots__": (), **converted})


def _converted(position: int, convert: Callable[[Any], Any]) -> property:
    return property(lambda row: convert(row[position]))


def stored_values(product: Any, columns: tuple[str, ...]) -> tuple[Any, ...]:
    """Return some columns of a product as they are stored, given a row or a model."""
    if isinstance(product, StoredRow):
        return _getter(type(product), columns)(product)
    fields = Product._meta.columns
    return tuple(fields[name].db_value(getattr(product, name)) for name in columns)


@lru_cache(maxsize=100)
def _getter(row: Any, columns: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return itemgetter(*map(row._fields.index, columns))
