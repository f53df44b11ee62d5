"""What a question may ask."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from werkzeug.datastructures import MultiDict

from webapi.cursors import Cursor
from webapi.errors import InvalidQuery

MOST_PER_PAGE: Final = 100
DEFAULT_PER_PAGE: Final = 25

LIST_PARAMETERS: Final[Mapping[str, dict[str, Any]]] = {
    "limit": {
        "in": "query",
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PER_PAGE,
        "default": DEFAULT_PER_PAGE,
        "description": "how many products a page has at most",
    },
    "cursor": {
        "in": "query",
        "type": "string",
        "description": "where the page begins, as the next and prev links say it",
    },
}

_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list of products was asked for."""

    limit: int
    cursor: Cursor | None

    @classmethod
    def parse(cls, asked: MultiDict[str, str]) -> Self:
        """Read the parameters of a question. Raises InvalidQuery, which names the one at fault."""
        refuse_parameters(asked, but=LIST_PARAMETERS)
        token = asked.get("cursor")
        return cls(
            limit=_limit(asked.get("limit", str(DEFAULT_PER_PAGE))),
            cursor=None if token is None else Cursor.parse(token),
        )


def refuse_parameters(asked: MultiDict[str, str], but: Collection[str] = ()) -> None:
    """Refuse parameters that are unknown or given twice. Raises InvalidQuery, which names one."""
    for name, values in asked.lists():
        if name not in but:
            raise InvalidQuery(f"{name!r} is not a parameter here.")
        if len(values) > 1:
            raise InvalidQuery(f"{name} is given more than once.")


def _limit(text: str) -> int:
    limit = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= limit <= MOST_PER_PAGE:
        raise InvalidQuery(f"limit must be a number from 1 to {MOST_PER_PAGE}.")
    return limit
