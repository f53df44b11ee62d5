"""Run queries whose SQL text is kept, because peewee takes longer to make it than SQLite to answer.

A query is built once, with parameters in the place of values.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from peewee import Value

from db.database import database
from db.fields import InstantField, NamesField
from db.models import Product

_CONVERTED: Final[Mapping[str, Callable[[Any], Any]]] = {
    field.column_name: field.python_value
    for field in Product._meta.sorted_fields
    if isinstance(field, InstantField | NamesField)
}
"""How columns of products become values, where they are not the values themselves."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Stands in a query for a value that is named when the query runs."""

    name: str


def parameter(name: str) -> Value:
    """Return a parameter as a part of a peewee query."""
    return Value(Parameter(name), converter=False)


class Statement:
    """The SQL text of a query with parameters."""

    def __init__(self, query: Any) -> None:
        self._text, self._values = query.sql()
        self._make_row: Callable[[Sequence[Any]], Any] | None = None

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows as named tuples. `values` are those of the parameters, as stored."""
        cursor = self._execute(values)
        if self._make_row is None:
            self._make_row = _row_maker([column[0] for column in cursor.description])
        return list(map(self._make_row, cursor.fetchall()))

    def scalar(self, values: Mapping[str, Any]) -> Any:
        """Return the first column of the only row."""
        ((value,),) = self._execute(values).fetchall()
        return value

    def _execute(self, values: Mapping[str, Any]) -> Any:
        given = [values[v.name] if isinstance(v, Parameter) else v for v in self._values]
        return database.execute_sql(self._text, given)


def _row_maker(columns: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """Return a function that makes a named tuple with Python's values of a row."""
    row_class = namedtuple("Row", columns)  # type: ignore[misc]  # read from SQL
    converters = [(n, _CONVERTED[name]) for n, name in enumerate(columns) if name in _CONVERTED]

    def make(stored: Sequence[Any]) -> Any:
        values = list(stored)
        for position, convert in converters:
            values[position] = convert(values[position])
        return row_class._make(values)

    return make
