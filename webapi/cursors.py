"""Where in a list a page begins: a place between rows, so that writes elsewhere do not move it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Literal, Self

from webapi.errors import InvalidQuery

_TOKEN: Final = re.compile(rb"(after|before):([1-9][0-9]{0,18})")
_LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows right after, or right before, the one with an id; the row itself may be gone."""

    side: Literal["after", "before"]
    id: int

    @classmethod
    def parse(cls, token: str) -> Self:
        """Read a cursor of a `next` or `prev` link. Raises InvalidQuery."""
        try:
            match = _TOKEN.fullmatch(urlsafe_b64decode(token.encode() + b"=="))
        except ValueError:
            match = None
        if match is None or int(match[2]) > _LARGEST_ID:
            raise InvalidQuery("cursor is not one that a next or prev link has given.")
        return cls("after" if match[1] == b"after" else "before", int(match[2]))

    def __str__(self) -> str:
        """Write the cursor as the opaque text of a link."""
        return urlsafe_b64encode(f"{self.side}:{self.id}".encode()).rstrip(b"=").decode()
