"""JSON values inside pages, and safe steps through them.

Amounts are read as Decimal: a binary float never touches a price.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NoReturn

from aliscrape.parsers.text import fold_whitespace

Json = Any


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)


def read_json(text: str) -> Json:
    """The value of a text that is JSON, or None when it is not."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def assigned_objects(script: str, assignment: re.Pattern[str]) -> Iterator[dict[str, Json]]:
    """Every JSON object that stands right behind a match of `assignment` in a script.

    Pages name the same variable in loader code and assign it empty first, so the reader
    chooses among them; what is a JavaScript literal but not JSON is passed over.
    """
    for match in assignment.finditer(script):
        try:
            value, _ = _DECODER.raw_decode(script, match.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def dig(value: Json, *keys: str) -> Json:
    """The value at a path of object keys, or None where a step is missing.

    >>> dig({"prices": {"salePrice": 1}}, "prices", "salePrice"), dig([], "prices")
    (1, None)
    """
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text_at(value: Json, *keys: str) -> str | None:
    """The text at a path, folded; None where there is none or it is empty."""
    found = dig(value, *keys)
    return (fold_whitespace(found) or None) if isinstance(found, str) else None


def number_at(value: Json, *keys: str) -> Decimal | None:
    """The number at a path; None where there is none, texts included."""
    found = dig(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int | Decimal):
        return None
    return Decimal(found)


def count_at(value: Json, *keys: str) -> int | None:
    """The whole number at a path, which payloads also write as a text of digits."""
    found = dig(value, *keys)
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) else None
