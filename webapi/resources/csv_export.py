"""Write representations as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

from flask import Response, request, stream_with_context

from db.spreadsheets import disarmed
from webapi.capacity import EXPORTS

MEDIA_TYPE: Final = "text/csv"
VARY: Final = {"Vary": "Accept"}
"""The header of responses that are JSON or CSV, for caches."""
CHUNK: Final = 32 * 1024
"""About how many characters are sent at a time."""


def is_csv_requested(format_parameter: str | None) -> bool:
    """Return whether the client asks for CSV, by `format=` or the Accept header."""
    if format_parameter is not None:
        return format_parameter == "csv"
    return request.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Return a response that sends a table as the file `name` while its rows are read.

    Raises TooBusy if too many others are being sent.
    """
    slot = ExitStack()
    slot.enter_context(EXPORTS.slot())
    stream = stream_with_context(_hold(slot, csv_chunks(columns, rows)))
    response = Response(stream, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    disposition = f'attachment; filename="{name}"'
    response.headers.update(VARY | {"Content-Disposition": disposition})
    response.call_on_close(slot.close)  # if the client goes before the end
    return response


def _hold(slot: ExitStack, chunks: Iterator[str]) -> Iterator[str]:
    with slot:
        yield from chunks


def csv_chunks(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the text of a table with a header row. Unknown values are empty cells.

    The items of a list are separated by spaces.
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
        if buffer.tell() > CHUNK:
            yield _flush(buffer)
    yield _flush(buffer)


def _cell(value: Any) -> Any:
    return " ".join(value) if isinstance(value, list) else disarmed(value)


def _flush(buffer: io.StringIO) -> str:
    """Return the buffered text and clear the buffer."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
