"""The limit: a WSGI function with sqlite3 and json, on our own server, which logs as ours does.

`BENCH_DATABASE` is the file. `/products/<id>` and `/products` answer as our API does, with all
columns of the table and with the fastest SQL that we know. Start: `python -m bench.peers.bare PORT`
"""

import json
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

from webapi.serve import serve

PAGE: Final = "SELECT * FROM product WHERE deleted_at IS NULL AND price_minor IS NOT NULL \
ORDER BY currency, price_minor, id LIMIT 25"
COUNT: Final = "SELECT (SELECT count(*) FROM product) \
- (SELECT count(*) FROM product WHERE (deleted_at IS NOT NULL) = TRUE)"
ONE: Final = "SELECT * FROM product WHERE id = ? AND deleted_at IS NULL"

_local: Final = threading.local()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    connection = _connection()
    number = environ["PATH_INFO"].removeprefix("/products").removeprefix("/")
    answer: dict[str, Any]
    if number:
        answer = dict(connection.execute(ONE, (int(number),)).fetchone())
    else:
        total = connection.execute(COUNT).fetchone()[0]
        answer = {"items": [dict(row) for row in connection.execute(PAGE)], "total": total}
    body = json.dumps(answer).encode()
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite3.connect(os.environ["BENCH_DATABASE"])
        _local.connection.row_factory = sqlite3.Row
    connection: sqlite3.Connection = _local.connection
    return connection


if __name__ == "__main__":
    serve(app, "127.0.0.1", int(sys.argv[1]))
