"""A page of a list as HTTP: an envelope, and its links in a header too."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from webapi.cursors import Cursor
from webapi.services.pages import Page

Answer = dict[str, Any]


def envelope(
    page: Page[Any], name: str, represent: Callable[[Any], Answer], **others: Any
) -> tuple[Answer, int, Mapping[str, str]]:
    """The answer with a page of the list that `name` tells from others."""
    links = {"next": _link(page.next, name), "prev": _link(page.prev, name)}
    given = [f'<{link}>; rel="{relation}"' for relation, link in links.items() if link]
    body = {
        "items": [represent(item) for item in page.items],
        **others,
        "total": page.total,
        **links,
    }
    return body, 200, {"Link": ", ".join(given)} if given else {}


def _link(cursor: Cursor | None, name: str) -> str | None:
    """The question that was asked, at another place; relative to the host that was asked."""
    if cursor is None:
        return None
    parameters = request.args.to_dict() | {"cursor": cursor.write(name)}
    return f"{request.path}?{urlencode(parameters)}"
