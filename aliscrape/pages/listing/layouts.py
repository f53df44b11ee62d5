"""The layouts of a listing page: where each keeps its payload, its cards and its page number."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Final

from aliscrape.items import ProductItem
from aliscrape.pages.embedded import Json, assigned_objects, count_at, dig, text_at
from aliscrape.pages.errors import UnknownLayout
from aliscrape.pages.listing.cards import read_card, read_flat_card
from aliscrape.site import Site
from db.currencies import CURRENCIES


class ListingPage(ABC):
    """A page of products; `fields` is the part of the payload that holds cards and page facts."""

    layout: ClassVar[str]

    def __init__(self, fields: Mapping[str, Json], site: Site) -> None:
        self.fields = fields
        self.site = site
        self.cards = self._cards()

    @property
    @abstractmethod
    def number(self) -> int | None:
        """Which page of the listing it says it is, counted from 1; None when it does not say."""

    @property
    def currency(self) -> str | None:
        """The currency the page says its prices are in, or the one that all its cards share."""
        said = text_at(self.fields, "pageInfo", "trace", "utLogMap", "currency")
        if said in CURRENCIES:
            return said
        codes = {text_at(card, "prices", "salePrice", "currencyCode") for card in self.cards}
        shared = codes - {None}
        return shared.pop() if len(shared) == 1 and shared <= CURRENCIES else None

    def items(self) -> list[ProductItem]:
        """The products in the page's order, ads and all; one per card, readable or not.

        Raises UnknownLayout when there are cards and none of them has an id with a title.
        """
        currency = self.currency
        items = [self._read(card, currency, self.site) for card in self.cards]
        if items and not any(item.aliexpress_id and item.title for item in items):
            raise UnknownLayout(
                f"The {self.layout} layout has changed: of {len(items)} cards none has a product "
                "id with a title."
            )
        return items

    @property
    def _read(self) -> Callable[[Json, str | None, Site], ProductItem]:
        return read_card

    def _cards(self) -> list[Json]:
        return self._list_at("mods", "itemList", "content")

    def _list_at(self, *keys: str) -> list[Json]:
        found = dig(self.fields, *keys)
        if not isinstance(found, list):
            path = ".".join(keys)
            raise UnknownLayout(f"The {self.layout} layout has changed: no list at {path}.")
        return found


class InitDataListing(ListingPage):
    """The `_init_data_` layout, since 2023: a script of the page assigns it."""

    layout = "init_data"

    _ASSIGNMENT: Final = re.compile(r"_init_data_\s*=\s*\{\s*\"?data\"?\s*:\s*(?=\{)")
    """The outer object's key is unquoted, so only the inner object is JSON. The name stands in
    loader code before; saved pages lack the comments that enclose the assignment."""

    @classmethod
    def find(cls, html: str) -> Json:
        """The fields in a page's scripts, or None where the page has no such payload."""
        for payload in assigned_objects(html, cls._ASSIGNMENT):
            return dig(payload, "data", "root", "fields") or {}
        return None

    @property
    def number(self) -> int | None:
        return count_at(self.fields, "pageInfo", "page")


class SearchReplyListing(InitDataListing):
    """The same fields as the reply that the page's own script gets when one turns the page."""

    layout = "search_reply"

    @classmethod
    def find(cls, reply: Json) -> Json:
        """The fields in a JSON reply, or None where it is none of this layout."""
        result = dig(reply, "data", "result")
        return result if isinstance(result, dict) else None


class RunParamsListing(ListingPage):
    """The `window.runParams` layout, 2019 to 2023, and the JSON that its script fetched.

    Until 2021 the cards are a flat list; in 2022 that list is empty and the newer cards are
    there.
    """

    layout = "run_params"

    _ASSIGNMENT: Final = re.compile(r"window\.runParams\s*=\s*(?=\{)")
    _MARKS: Final = frozenset({"items", "mods", "resultType"})
    """Keys of which a listing has at least one, and the product page's runParams none."""

    @classmethod
    def find(cls, html: str) -> Json:
        """The object that a script assigns after an empty one, or None."""
        return next(filter(cls.recognise, assigned_objects(html, cls._ASSIGNMENT)), None)

    @classmethod
    def recognise(cls, payload: Json) -> bool:
        """Whether an object is a listing of this layout."""
        return isinstance(payload, dict) and not cls._MARKS.isdisjoint(payload)

    @property
    def number(self) -> int | None:
        navigated = count_at(self.fields, "pageNav", "currentPage")
        return navigated if navigated is not None else count_at(self.fields, "pageIndex")

    @property
    def _read(self) -> Callable[[Json, str | None, Site], ProductItem]:
        return read_flat_card if self._is_flat() else read_card

    def _is_flat(self) -> bool:
        return bool(dig(self.fields, "items")) or "mods" not in self.fields

    def _cards(self) -> list[Json]:
        if not self._is_flat():
            return super()._cards()
        if "items" not in self.fields and dig(self.fields, "resultType") == "zero_result":
            return []
        return self._list_at("items")
