"""The search form of the product list: its fields, its quick filters, and the addresses behind.

The whole state is in the address. A filter that is taken off or added is a link to another address;
the place in the list, `cursor`, belongs to one set of filters and is dropped with them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

Given = Mapping[str, str]
"""The query parameters of the page, without empty ones."""

FILTERS: Final = (
    "q",
    "category",
    "store_name",
    "min_rating",
    "min_units_sold",
    "currency",
    "min_price",
    "max_price",
    "price_dropped_since",
    "free_shipping",
    "seen_since",
)
IN_PANEL: Final = FILTERS[1:]

RATINGS: Final = ("3", "3.5", "4", "4.5", "4.8")
GOOD_RATING: Final = "4.5"
DROP_DAYS: Final = {1: "Yesterday", 7: "A week ago", 30: "30 days ago", 90: "90 days ago"}
QUICK_DROP_DAYS: Final = 7

SORTS: Final = {
    "": "As added",
    "price": "Price, lowest first",
    "-price": "Price, highest first",
    "-star_rating": "Best rated",
    "-units_sold": "Most sold",
    "-first_seen_at": "Newest",
    "-updated_at": "Latest changes",
    "title": "Title, A to Z",
    "store_name": "Store, A to Z",
}
_OTHER_SORTS: Final = {
    "list_price": "List price, lowest first",
    "-list_price": "List price, highest first",
    "shipping_price": "Shipping, lowest first",
    "-shipping_price": "Shipping, highest first",
    "star_rating": "Worst rated",
    "units_sold": "Least sold",
    "first_seen_at": "Oldest",
    "updated_at": "Oldest changes",
    "last_seen_at": "Longest not seen",
    "-last_seen_at": "Last seen",
    "-title": "Title, Z to A",
    "-store_name": "Store, Z to A",
}
"""Are offered only while they are in the address."""
_BY_MONEY: Final = ("price", "list_price", "shipping_price")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class Pill:
    """A quick filter: a link that adds or removes one parameter."""

    label: str
    query: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter in words, and the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The form above the list."""

    given: Given
    sorts: Sequence[Option]
    pills: Sequence[Pill]
    panel_count: int
    categories: Sequence[Option]
    ratings: Sequence[Option]
    currencies: Sequence[Option]
    drops: Sequence[Option]
    shipping: Sequence[Option]
    active: Sequence[ActiveFilter]
    clear_query: str


def search_form(
    given: Given, categories: Sequence[str], currencies: Sequence[str], now: datetime
) -> SearchForm:
    """Return the form for a list. `categories` is empty where there are too many to choose from."""
    days = {_day(now, number): label for number, label in DROP_DAYS.items()}
    yes_or_no = {"true": "Free", "false": "With a fee"}
    names = {name: name for name in categories}
    return SearchForm(
        given=given,
        sorts=_sorts(given.get("sort", "")),
        pills=_pills(given, now),
        panel_count=sum(name in given for name in IN_PANEL),
        categories=_options(given, "category", "All categories", names) if categories else [],
        ratings=_options(given, "min_rating", "Any", {r: f"{r} stars" for r in RATINGS}),
        currencies=_options(given, "currency", "Any", {code: code for code in currencies}),
        drops=_options(given, "price_dropped_since", "Any price", days),
        shipping=_options(given, "free_shipping", "Any", yes_or_no),
        active=[ActiveFilter(_words(given, name), without(given, name)) for name in _set(given)],
        clear_query=query_of({name: given[name] for name in ("sort", "limit") if name in given}),
    )


def query_of(parameters: Given) -> str:
    """Return "?…" for an address, or "" without parameters."""
    return f"?{urlencode(parameters)}" if parameters else ""


def without(given: Given, name: str) -> str:
    """Return the query without a filter, and without what needs that filter."""
    dropped = {"cursor", name, *(("min_price", "max_price") if name == "currency" else ())}
    return query_of({key: value for key, value in given.items() if key not in dropped})


def with_filter(given: Given, name: str, value: str) -> str:
    """Return the query with a filter set."""
    kept = {key: kept for key, kept in given.items() if key != "cursor"}
    return query_of(kept | {name: value})


def is_mixed_order(given: Given, currencies: Sequence[str]) -> bool:
    """Return whether a list is in an order of money and may have several currencies."""
    by_money = given.get("sort", "").removeprefix("-") in _BY_MONEY
    return by_money and "currency" not in given and len(currencies) > 1


def _pills(given: Given, now: datetime) -> list[Pill]:
    wanted = (
        ("Price drops", "price_dropped_since", _day(now, QUICK_DROP_DAYS)),
        ("Free shipping", "free_shipping", "true"),
        (f"Rated {GOOD_RATING} and up", "min_rating", GOOD_RATING),
    )
    pills = []
    for label, name, value in wanted:
        # A list of price drops since any day is one; of the others only this value is meant.
        is_on = name in given and (name == "price_dropped_since" or given[name] == value)
        query = without(given, name) if is_on else with_filter(given, name, value)
        pills.append(Pill(label, query, is_on))
    return pills


def _sorts(chosen: str) -> list[Option]:
    offered = SORTS if chosen in SORTS else SORTS | {chosen: _OTHER_SORTS.get(chosen, chosen)}
    return [Option(value, label, value == chosen) for value, label in offered.items()]


def _options(given: Given, name: str, unset: str, choices: Given) -> list[Option]:
    """Return the options of a select; a value of the address that is not offered comes last."""
    chosen = given.get(name, "")
    offered = {"": unset, **choices}
    if chosen not in offered:
        offered[chosen] = chosen
    return [Option(value, label, value == chosen) for value, label in offered.items()]


def _set(given: Given) -> list[str]:
    return [name for name in FILTERS if name in given]


def _words(given: Given, name: str) -> str:
    value = given[name]
    money = f"{value} {given.get('currency', '')}".strip()
    return {
        "q": f"“{value}” in the title",
        "category": f"category {value}",
        "store_name": f"store {value}",
        "min_rating": f"rated {value} and up",
        "min_units_sold": f"{value} or more sold",
        "currency": f"prices in {value}",
        "min_price": f"price from {money}",
        "max_price": f"price up to {money}",
        "price_dropped_since": f"cheaper than on {value[:10]}",
        "free_shipping": "free shipping" if value == "true" else "shipping with a fee",
        "seen_since": f"seen since {value[:10]}",
    }[name]


def _day(now: datetime, days_ago: int) -> str:
    return f"{(now - timedelta(days=days_ago)).date()}"
