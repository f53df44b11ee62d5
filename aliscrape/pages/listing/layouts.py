"""The layouts of a listing page: where each one keeps its payload and its cards.

`read_listing` chooses the layout. A response without a payload is a block page or unknown.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Final, NamedTuple, Self

from scrapy.http import Response, TextResponse

from aliscrape.items import ProductItem
from aliscrape.pages.blocks import is_block_reply, refusal
from aliscrape.pages.embedded import (
    Json,
    assigned_objects,
    count_at,
    dig,
    read_payload,
    shown_at,
    text_at,
)
from aliscrape.pages.errors import BlockedPage, MissingCards, NoPayload, UnknownLayout
from aliscrape.pages.listing.cards import is_banner, read_card, read_flat_card
from aliscrape.site import Site
from db.currencies import CURRENCIES


class PageInfo(NamedTuple):
    """What a listing page says about itself and the whole listing; None where it says nothing.

    `total` is about how many products the listing claims to have, `size` the cards of a full page.
    """

    number: int | None = None
    total: int | None = None
    size: int | None = None
    is_last: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Json]) -> Self:
        """Return what the page says; a search that found nothing may show recommended products."""
        page = dig(fields, "pageInfo")
        is_empty = "zero_result" in (dig(fields, "resultType"), dig(page, "searchResultType"))
        total = _first(count_at(page, "totalResults"), count_at(fields, "resultCount"))
        return cls(
            _first(
                count_at(page, "page"),
                count_at(fields, "pageNav", "currentPage"),
                count_at(fields, "pageIndex"),
            ),
            0 if is_empty else total,
            _first(count_at(page, "pageSize"), count_at(fields, "resultSizePerPage")),
            is_last=dig(page, "finished") is True,
        )


def _first(*numbers: int | None) -> int | None:
    """Return the first number that a page states, in the places of newer layouts first."""
    return next((number for number in numbers if number is not None), None)


class ListingPage(ABC):
    """A listing page. `fields` is the part of the payload with cards and page data."""

    layout: ClassVar[str]
    card_list: ClassVar[tuple[str, ...]] = ("mods", "itemList", "content")
    """The path of the list of cards in the fields."""
    read: Callable[[Json, str | None, Site], ProductItem] = staticmethod(read_card)
    """The function that reads a card."""

    def __init__(self, fields: Mapping[str, Json], site: Site) -> None:
        self.fields = fields
        self.site = site
        self.info = PageInfo.of(fields)
        self.cards = [] if self.info.total == 0 else self._cards()

    @classmethod
    @abstractmethod
    def find(cls, text: str, reply: Json) -> Json:
        """Return the fields in a page's text, or in its value if it is JSON; None if not there."""

    @property
    def category_ids(self) -> list[str | None]:
        """The id of the category of each card, or None where a card does not name it."""
        return [shown_at(card, "trace", "exposure", "postCategoryId") for card in self.cards]

    @property
    def currency(self) -> str | None:
        """The currency that the page states, else the one that all its cards share, else None."""
        stated = text_at(self.fields, "pageInfo", "trace", "utLogMap", "currency")
        if stated in CURRENCIES:
            return stated
        codes = {text_at(card, "prices", "salePrice", "currencyCode") for card in self.cards}
        shared = codes - {None}
        return shared.pop() if len(shared) == 1 and shared <= CURRENCIES else None

    def items(self) -> list[ProductItem]:
        """Return one item per card in the page's order, ads and unreadable cards included.

        Banners, which have neither an id nor a price, are left out. Raises UnknownLayout if there
        are cards and none of them has an id and a title.
        """
        currency = self.currency
        products = [card for card in self.cards if not is_banner(card)]
        items = [self.read(card, currency, self.site) for card in products]
        if self.cards and all(item.missing_field for item in items):
            raise UnknownLayout(
                f"The {self.layout} layout has changed: of {len(self.cards)} cards none has a "
                "product id with a title."
            )
        return items

    def _cards(self) -> list[Json]:
        found = dig(self.fields, *self.card_list)
        if not isinstance(found, list):
            path = ".".join(self.card_list)
            raise MissingCards(f"The {self.layout} layout has changed: no list at {path}.")
        return found


class InitDataListing(ListingPage):
    """The `_init_data_` layout, since 2023: a script of the page assigns the payload."""

    layout = "init_data"

    _ASSIGNMENT: Final = re.compile(r"_init_data_\s*=\s*\{\s*\"?data\"?\s*:\s*(?=\{)")
    """The outer object's key is unquoted, so only the inner object is JSON. Loader code uses the
    name before; saved pages lack the comments around the assignment."""

    @classmethod
    def find(cls, text: str, reply: Json) -> Json:
        payloads = assigned_objects(text, cls._ASSIGNMENT) if reply is None else ()
        found = [dig(payload, "data", "root", "fields") or {} for payload in payloads]
        whole = (fields for fields in found if "mods" in fields)  # an empty one may come first
        return next(whole, found[0] if found else None)


class SearchReplyListing(ListingPage):
    """The same fields in the JSON reply that the page's own script gets for the next page."""

    layout = "search_reply"

    @classmethod
    def find(cls, text: str, reply: Json) -> Json:  # noqa: ARG003  # as in the other layouts
        result = dig(reply, "data", "result")
        return result if isinstance(result, dict) else None


class RunParamsListing(ListingPage):
    """The `window.runParams` layout, 2022 to 2023, and the JSON that its script fetched."""

    layout = "run_params"

    _ASSIGNMENT: Final = re.compile(r"window\.runParams\s*=\s*(?=\{)")
    _MARKS: Final = frozenset({"items", "mods", "resultType"})
    """A listing has at least one of these keys; the runParams of a product page has none."""

    @classmethod
    def find(cls, text: str, reply: Json) -> Json:
        """Return the reply, or the object that a script assigns after an empty one."""
        found = assigned_objects(text, cls._ASSIGNMENT) if reply is None else iter((reply,))
        return next((one for one in found if not cls._MARKS.isdisjoint(one)), None)


class FlatListing(RunParamsListing):
    """The same layout from 2019 to 2021. In 2022 its flat list of cards is still there, empty."""

    card_list = ("items",)
    read = staticmethod(read_flat_card)

    @classmethod
    def find(cls, text: str, reply: Json) -> Json:
        fields = super().find(text, reply)
        is_flat = fields is not None and (fields.get("items") or "mods" not in fields)
        return fields if is_flat else None


def read_listing(response: Response, site: Site) -> ListingPage:
    """Return the page object for a listing response.

    Raises BlockedPage if the site blocks us, and UnknownLayout if the page is something else or a
    known layout lacks a part.
    """
    if not isinstance(response, TextResponse):
        raise UnknownLayout(f"{response.url} is not text.")
    text = response.text
    reply = read_payload(text.lstrip()) if text.lstrip().startswith("{") else None
    for layout in (InitDataListing, SearchReplyListing, FlatListing, RunParamsListing):
        fields = layout.find(text, reply)
        if fields is not None:
            return layout(fields, site)
    if is_block_reply(reply):
        raise BlockedPage(f"The site answered {response.url} with its block page.")
    refused = refusal(response.url, text) if reply is None else None
    if refused:
        raise BlockedPage(refused)
    raise NoPayload(f"{response.url} is no listing in a layout that aliscrape knows.")
