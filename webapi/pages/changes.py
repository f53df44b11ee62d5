"""How the price of a product compares with the one before, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from webapi.pages import facts, words
from webapi.pages.steps import Step, comparable_steps, last_change, only_steps, price_steps

RECENT: Final = timedelta(days=7)
"""A change that is older is no news: the price has been the same since."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is said of a price's past; `since` is the day on which a drop or rise was seen."""

    kind: Literal["drop", "rise", "same", "unknown"]
    text: str = ""
    since: str = ""


def price_change(
    product: Any,
    observations: Sequence[Any],
    now: datetime,
    *,
    earlier_minor: int | None = None,
    is_whole: bool = True,
) -> Change:
    """Return how the price compares with the one before.

    `earlier_minor` is the price that a list of price drops compares with; there the drop since
    then is shown. `is_whole` is False where older observations were left out.
    """
    if facts.money_of(product, "price") is None:
        return Change("unknown")
    steps = only_steps(price_steps(observations, product.currency, product.last_seen_at or now))
    if "price" in product.edited_fields or _was_edited(product, steps):
        return Change("same", "Set by hand")
    if earlier_minor is not None:
        return _difference(earlier_minor, product.price_minor, product.currency)
    if not steps:
        days = words.held_for(product.created_at, now)
        return Change("same", f"Added {days} ago" if days else "Added today")
    change = last_change(steps)
    if change is not None and now - change[1].begin < RECENT:
        since = words.day(change[1].begin, now)
        return _difference(change[0].value, change[1].value, product.currency, since)
    begin = comparable_steps(steps)[0].begin if change is None else change[1].begin
    return _same(begin, now, is_bound=change is None and not is_whole)


def _was_edited(product: Any, steps: Sequence[Step[int]]) -> bool:
    """Return whether the price is no crawl's: released after an edit, it stays until the next."""
    return bool(steps) and steps[-1].value != product.price_minor


def last_seen_note(product: Any, good_at: datetime | None, now: datetime) -> str | None:
    """Return "Last seen 9 days ago" if the last good crawl of its category missed a product."""
    seen_at = product.last_seen_at
    if seen_at is None or good_at is None or seen_at >= good_at:
        return None
    return f"Last seen {words.relative(seen_at, now)}"


def gone_note(product: Any, now: datetime) -> str | None:
    """Return "Gone since 24 Nov" if the site says that a product no longer exists."""
    return None if product.gone_at is None else f"Gone since {words.day(product.gone_at, now)}"


def _same(begin: datetime, now: datetime, *, is_bound: bool) -> Change:
    days = words.held_for(begin, now)
    if days is None:
        return Change("same", "New today")
    return Change("same", f"Same for {days.replace(' ', '+ ') if is_bound else days}")


def _difference(earlier: int, later: int, currency: str, since: str = "") -> Change:
    amount = words.money_text(abs(later - earlier), currency)
    share = f" ({words.percent(abs(later - earlier), earlier)})" if earlier else ""
    return Change("drop" if later < earlier else "rise", f"{amount}{share}", since)
