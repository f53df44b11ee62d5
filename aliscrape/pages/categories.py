"""Find a category by its names: in the index of categories, then among a category's children.

The index is read as five public projects read it: blocks `div.item` with the first level in
`h3.big-title a` and the second in `ul.sub-item-cont li a`. A category's page lists its children
in a refine list, as links or, until 2023, in the `refineCategory` of its payload.
"""

import unicodedata
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final, NamedTuple

from parsel import Selector, SelectorList
from scrapy.http import TextResponse

from aliscrape.pages.embedded import Json, dig, text_at
from aliscrape.pages.listing.layouts import RunParamsListing
from aliscrape.parsers.text import fold_whitespace
from aliscrape.site import listing_key

_CURLY_APOSTROPHE: Final = "\N{RIGHT SINGLE QUOTATION MARK}"


class CategoryLink(NamedTuple):
    """The names of a category as shown, from the top level down, and the link to it."""

    names: tuple[str, ...]
    link: str


def find_second_level(
    index: TextResponse, first: Collection[str], second: str
) -> CategoryLink | None:
    """Return the category `second` below the first of the `first` names that has it, or None."""
    found = list(_second_levels(index))
    for name in first:
        for category in found:
            if _same(category.names[0], name) and _same(category.names[1], second):
                return category
    return None


def find_child(page: TextResponse, name: str) -> CategoryLink | None:
    """Return the child category of that name in a category's refine list, or None.

    Menus elsewhere on the page may use the name for another category. A name that stands for two
    categories in the refine list is not used either.
    """
    payload = dig(RunParamsListing.find(page.text, None), "refineCategory")
    links = chain(_listed(payload), _links(page, "[class*=refine] a, [id*=refine] a"))
    children = {listing_key(child.link): child for child in links if _same(child.names[0], name)}
    return children.popitem()[1] if len(children) == 1 else None


def _second_levels(index: TextResponse) -> Iterator[CategoryLink]:
    for block in index.css("div.item"):
        first = _words(block.css("h3.big-title a"))
        for anchor in block.css("ul.sub-item-cont li a"):
            yield CategoryLink((first, _words(anchor)), anchor.attrib.get("href", ""))


def _links(page: TextResponse, selector: str) -> Iterator[CategoryLink]:
    for anchor in page.css(selector):
        link = anchor.attrib.get("href", "")
        if link:
            yield CategoryLink((_words(anchor),), link)


def _listed(categories: Json) -> Iterator[CategoryLink]:
    for category in categories if isinstance(categories, list) else []:
        name, link = text_at(category, "categoryName"), text_at(category, "categoryUrl")
        if name and link:
            yield CategoryLink((name,), link)
        yield from _listed(dig(category, "childCategories"))


def _words(selected: Selector | SelectorList[Selector]) -> str:
    texts = selected.css("::text").getall()
    return fold_whitespace(" ".join(texts))


def _same(*names: str) -> bool:
    folded = (unicodedata.normalize("NFKC", name).casefold() for name in names)
    return len({name.replace(_CURLY_APOSTROPHE, "'") for name in folded}) == 1
