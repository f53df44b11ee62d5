"""Products as CSV (RFC 4180), row by row, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from db.spreadsheets import disarmed
from webapi.criteria import Listed
from webapi.schemas.products import DROP_FIELDS, FIELDS, represent_listed

MEDIA_TYPE: Final = "text/csv"
CHUNK: Final = 32 * 1024
"""About how many characters are sent at a time."""


def table_of(products: Iterable[Listed], *, with_drops: bool) -> Iterator[str]:
    """The text of a table, in chunks, with a row of names first; unknown is an empty cell.

    The names in `edited_fields` are separated by spaces.
    """
    names = [*FIELDS, *(DROP_FIELDS if with_drops else ())]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names)
    writer.writeheader()
    for listed in products:
        writer.writerow({name: _cell(value) for name, value in represent_listed(listed).items()})
        if buffer.tell() > CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else disarmed(value)


def _taken(buffer: io.StringIO) -> str:
    """What is in the buffer, which is empty then."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
