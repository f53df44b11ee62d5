"""The response with a page of a list: its items, and links to the next and the previous page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from webapi.cursors import Cursor
from webapi.repositories.keyset import Page

Answer = dict[str, Any]


def page_response(
    page: Page[Any], represent: Callable[[Any], Answer], **others: Any
) -> tuple[Answer, int, dict[str, str]]:
    """Return the body, the status and the headers of a page."""
    links = page_links(page, request.args)
    header = ", ".join(f'<{link}>; rel="{relation}"' for relation, link in links.items() if link)
    items = [represent(item) for item in page.items]
    body = {"items": items, **others, "total": page.total, **links}
    return body, 200, {"Link": header} if header else {}


def page_links(page: Page[Any], parameters: MultiDict[str, str]) -> dict[str, str | None]:
    """Return the `next` and `prev` links of a page, or None at the ends of the list."""
    return {"next": _link(page.next, parameters), "prev": _link(page.prev, parameters)}


def _link(cursor: Cursor | None, parameters: MultiDict[str, str]) -> str | None:
    """Return the present URL with another cursor, without scheme and host."""
    if cursor is None:
        return None
    query = parameters.to_dict() | {"cursor": cursor.token}
    return f"{request.root_path}{request.path}?{urlencode(query)}"
