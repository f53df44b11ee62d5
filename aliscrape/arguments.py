"""The arguments of a spider (`-a NAME=VALUE`), checked before any request is made."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self

from aliscrape.parsers.text import fold_whitespace
from aliscrape.site import Site

DEFAULT_LIMIT: Final = 25
DEFAULT_MAX_PAGES: Final = 20
_COUNT: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
NAMES: Final = ("limit", "new", "max_pages", "url", "category", "details")


class ArgumentError(ValueError):
    """An argument cannot be used. The message says which one and what it may be."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a crawl is asked to gather: so many products, or so many that are not yet stored."""

    goal: int
    counts_new_only: bool
    max_pages: int
    url: str | None
    category: str | None
    product_pages: bool
    """Whether product pages are read for what the listing does not say (`details=auto`)."""

    @classmethod
    def parse(cls, given: Mapping[str, object], site: Site) -> Self:
        """Parse arguments from the command line or a Python script. Raises ArgumentError.

        Names that begin with an underscore, such as scrapyd's `_job`, are ignored.
        """
        texts = _texts(given, NAMES)
        if "limit" in texts and "new" in texts:
            raise ArgumentError("Give limit or new, not both: new goes on past known products.")
        details = texts.get("details", "auto")
        if details not in {"auto", "no"}:
            raise ArgumentError(f"details is {details!r}; it must be auto or no.")
        new = _count(texts, "new")
        return cls(
            goal=new or _count(texts, "limit") or DEFAULT_LIMIT,
            counts_new_only=new is not None,
            max_pages=_count(texts, "max_pages") or DEFAULT_MAX_PAGES,
            url=_listing_url(texts["url"], site) if "url" in texts else None,
            category=fold_whitespace(texts.get("category", "")) or None,
            product_pages=details == "auto",
        )


def is_count(text: str) -> bool:
    """Return whether `text` is a whole number from 1 to 999999."""
    return _COUNT.fullmatch(text) is not None


def parse_limit(given: Mapping[str, object]) -> int:
    """Return the argument `limit` of a spider that takes no other. Raises ArgumentError."""
    return _count(_texts(given, ("limit",)), "limit") or DEFAULT_LIMIT


def _texts(given: Mapping[str, object], known: Collection[str]) -> dict[str, str]:
    names = [name for name in given if not name.startswith("_")]
    for name in names:
        if name not in known:
            raise ArgumentError(f"There is no argument {name!r}; there are {', '.join(known)}.")
    return {name: _text(name, given[name]) for name in names}


def _text(name: str, value: object) -> str:
    """Return an argument as a text. Python scripts may give whole numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ArgumentError(f"{name} is {value!r}; it must be a text or a whole number.")
    return value if isinstance(value, str) else f"{value:d}"


def _count(texts: Mapping[str, str], name: str) -> int | None:
    text = texts.get(name)
    if text is not None and not is_count(text.strip()):
        raise ArgumentError(f"{name} is {text!r}; it must be a whole number from 1 up.")
    return None if text is None else int(text)


def _listing_url(url: str, site: Site) -> str:
    if not site.has(url.strip()):
        raise ArgumentError(f"url is {url!r}; it must be an http(s) address on {site.base}.")
    return url.strip()
