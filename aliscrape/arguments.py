"""The arguments of a spider (`-a NAME=VALUE`), checked before anything is asked of the site."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from aliscrape.parsers.text import fold_whitespace
from aliscrape.site import Site

DEFAULT_LIMIT: Final = 25
DEFAULT_MAX_PAGES: Final = 20

_COUNT: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
NAMES: Final = ("limit", "new", "max_pages", "url", "category", "details")


class ArgumentError(ValueError):
    """An argument cannot be used; the message says which and what it may be."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a run is asked to gather: the first `limit` products, or `new` ones not yet stored."""

    limit: int | None
    new: int | None
    max_pages: int
    url: str | None
    category: str | None
    details: bool
    """Whether product pages are visited for what the listing does not tell."""

    @classmethod
    def parse(cls, given: Mapping[str, str], site: Site) -> Self:
        """Read the arguments as given on the command line. Raises ArgumentError."""
        for name in given:
            if name not in NAMES:
                raise ArgumentError(f"There is no argument {name!r}; there are {', '.join(NAMES)}.")
        if "limit" in given and "new" in given:
            raise ArgumentError("Give limit or new, not both: new goes on past known products.")
        details = given.get("details", "auto")
        if details not in {"auto", "no"}:
            raise ArgumentError(f"details is {details!r}; it must be auto or no.")
        new = _count(given, "new")
        return cls(
            limit=None if new else _count(given, "limit") or DEFAULT_LIMIT,
            new=new,
            max_pages=_count(given, "max_pages") or DEFAULT_MAX_PAGES,
            url=_listing_url(given, site),
            category=fold_whitespace(given.get("category", "")) or None,
            details=details == "auto",
        )


def is_count(text: str) -> bool:
    """Whether a text is a whole number from 1 to a few hundred thousand."""
    return _COUNT.fullmatch(text) is not None


def _count(given: Mapping[str, str], name: str) -> int | None:
    if name not in given:
        return None
    text = given[name].strip()
    if not is_count(text):
        raise ArgumentError(f"{name} is {given[name]!r}; it must be a whole number from 1 up.")
    return int(text)


def _listing_url(given: Mapping[str, str], site: Site) -> str | None:
    if "url" not in given:
        return None
    url = given["url"].strip()
    if not site.has(url):
        raise ArgumentError(
            f"url is {given['url']!r}; it must be an http or https address on {site.base}."
        )
    return url
