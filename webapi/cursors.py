"""Where in a list a page begins: a place between rows, so that writes elsewhere do not move it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final, Literal, Self

from webapi.errors import InvalidQuery

_LARGEST: Final = 2**63 - 1
_SEAL_BYTES: Final = 6

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in an order: by its values, or after all values; then by its id.

    In a falling order ids get smaller from one row to the next.
    """

    id: int
    values: tuple[Value, ...] | None = ()
    falling: bool = False

    def following(self) -> Self:
        """The place right after this one, where no row can stand between."""
        return replace(self, id=max(self.id + (-1 if self.falling else 1), 0))

    def preceding(self) -> Self:
        """The place right before this one, where no row can stand between."""
        return replace(self, id=max(self.id + (1 if self.falling else -1), 0))


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows right after, or right before, a place; the row that stood there may be gone.

    `as_of` is the last change of any place that was made before the walk began.
    """

    side: Literal["after", "before"]
    place: Place
    as_of: int = 0

    @classmethod
    def parse(cls, token: str, of: str) -> Self:
        """Read a cursor that `write` has written for the same list. Raises InvalidQuery."""
        try:
            seal, _, text = urlsafe_b64decode(token.encode() + b"==").partition(b"\n")
            side, number, values, falling, as_of = json.loads(text)
        except ValueError:
            raise _foreign() from None
        if seal != _seal(text, of) or not _can_be(side, number, values, as_of):
            raise _foreign()
        place = Place(number, None if values is None else tuple(values), bool(falling))
        return cls(side, place, as_of)

    def write(self, of: str) -> str:
        """The cursor as the opaque text of a link; `of` says which list it belongs to."""
        place = self.place
        content = [self.side, place.id, place.values, place.falling, self.as_of]
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        return urlsafe_b64encode(_seal(text, of) + b"\n" + text).rstrip(b"=").decode()


def _seal(text: bytes, of: str) -> bytes:
    """What shows that a cursor is whole and of this list; it keeps no secret."""
    return blake2b(of.encode() + b"\n" + text, digest_size=_SEAL_BYTES).hexdigest().encode()


def _can_be(side: Any, number: Any, values: Any, as_of: Any) -> bool:
    if side not in ("after", "before") or not _is_id(number) or not _is_id(as_of):
        return False
    return values is None or (isinstance(values, list) and all(map(_is_value, values)))


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST


def _is_value(value: Any) -> bool:
    return isinstance(value, str | float) or (type(value) is int and abs(value) <= _LARGEST)


def _foreign() -> InvalidQuery:
    return InvalidQuery("cursor is not one that a next or prev link of this list has given.")
