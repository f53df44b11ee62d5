"""Find JSON values inside pages and read them safely.

Numbers are read as Decimal, so that no price is ever a binary float.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from aliscrape.parsers.text import fold_whitespace
from db.texts import is_visible

Json = Any


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
_NOT_JSON: Final = (ValueError, RecursionError, InvalidOperation)
"""The last one is for exponents that are too large."""

LONGEST_NAME: Final = 500
"""The most characters of a title or a store name. The longest title on saved pages has 142, and a
database server indexes no text of more than 2,700 bytes."""


def read_json(text: str) -> Json:
    """Return the value of a JSON text, or None if it is not JSON."""
    try:
        return _DECODER.decode(text)
    except _NOT_JSON:
        return None


def assigned_objects(script: str, assignment: re.Pattern[str]) -> Iterator[dict[str, Json]]:
    """Yield every JSON object that directly follows a match of `assignment` in a script.

    Pages name the same variable in loader code and assign an empty object first, so the caller
    chooses. JavaScript literals that are not JSON are skipped.
    """
    for match in assignment.finditer(script):
        value = read_payload(script, match.end())
        if isinstance(value, dict):
            yield value


def read_payload(text: str, start: int = 0) -> Json:
    """Return the JSON value at a position of a text, or None if there is none.

    If it is not JSON, because a few cards of its lists are not, those cards are null.
    """
    for repair in (str, _without_invalid_cards):
        with suppress(*_NOT_JSON):
            return _DECODER.raw_decode(repair(text[start:]))[0]
    return None


_CARD_LIST: Final = re.compile(r'"(?:content|items)"\s*:\s*\[')
_TOKEN: Final = re.compile(
    r""""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`"""
    r"""|/\*.*?\*/|//[^\n]*|[][{},]""",
    re.DOTALL,
)
"""What decides where a JSON or JavaScript value ends: strings, comments, brackets and commas."""


def _without_invalid_cards(payload: str) -> str:
    """Return a payload in which the elements of card lists that are not JSON are null."""
    parts, copied = [], 0
    for found in _CARD_LIST.finditer(payload):
        start = end = found.end()
        while start >= copied and (start == end or payload[end : end + 1] == ","):
            end = _end_of_element(payload, start)
            if payload[start:end].strip() and read_json(payload[start:end]) is None:
                parts += [payload[copied:start], "null"]
                copied = end
            start = end + 1
    return "".join(parts) + payload[copied:]


def _end_of_element(text: str, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if depth == 0 and token[0] in {",", "]", "}"}:
            return token.start()
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
    return len(text)


def dig(value: Json, *keys: str) -> Json:
    """Return the value at a path of object keys, or None where a step is missing.

    >>> dig({"prices": {"salePrice": 1}}, "prices", "salePrice"), dig([], "prices")
    (1, None)
    """
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: Json, *keys: str) -> str | None:
    """Return the text at a path with white space folded, or None if there is nothing to see."""
    found = dig(value, *keys)
    if not isinstance(found, str) or not is_visible(found):
        return None
    return fold_whitespace(found)


def name_at(value: Json, *keys: str) -> str | None:
    """Return the title or name at a path, or None if it is missing or too long to be one."""
    found = text_at(value, *keys)
    return found if found and len(found) <= LONGEST_NAME else None


def shown_at(value: Json, *keys: str) -> str | None:
    """Return the text or number at a path as a text, or None if it is missing."""
    found = dig(value, *keys)
    if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
        return None
    return fold_whitespace(str(found)) or None


def number_at(value: Json, *keys: str) -> Decimal | None:
    """Return the number at a path, or None if it is missing or of another type."""
    found = dig(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return None
    return Decimal(found)


def count_at(value: Json, *keys: str) -> int | None:
    """Return the whole number at a path, which some payloads write as a text of digits."""
    text = shown_at(value, *keys) or ""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else None
