"""Run queries whose SQL text is kept, because peewee takes longer to make it than SQLite to answer.

A query is built once, with parameters in the place of values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import Value

from db.database import database
from db.rows import row_class


@dataclass(frozen=True, slots=True)
class Parameter:
    """Stands in a query for a value that is named when the query runs."""

    name: str | int


def parameter(name: str | int) -> Value:
    """Return a parameter as a part of a peewee query."""
    return Value(Parameter(name), converter=False)


def parameters(count: int) -> list[Value]:
    """Return so many parameters, named by their numbers from 0 on."""
    return [parameter(number) for number in range(count)]


class Statement:
    """The SQL text of a query with parameters."""

    def __init__(self, query: Any) -> None:
        self._text, self._values = query.sql()
        self._row_class: Any = None

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows as named tuples. `values` are those of the parameters, as stored."""
        cursor = self._execute(values)
        if self._row_class is None:
            self._row_class = row_class(tuple(column[0] for column in cursor.description))
        return list(map(self._row_class._make, cursor.fetchall()))

    def tuples(self, values: Sequence[Any]) -> list[Any]:
        """Return the rows as plain tuples. `values` are those of numbered parameters."""
        rows: list[Any] = self._execute(values).fetchall()
        return rows

    def scalar(self, values: Mapping[str, Any]) -> Any:
        """Return the first column of the only row."""
        ((value,),) = self._execute(values).fetchall()
        return value

    def _execute(self, values: Any) -> Any:
        given = [values[v.name] if isinstance(v, Parameter) else v for v in self._values]
        return database.execute_sql(self._text, given)
