"""Count how many cards of a listing name its category as their own."""

from collections.abc import Sequence
from typing import Final

from aliscrape.outcome.run import Run

HALF: Final = 0.5
"""A listing is of a category if at least this share of its cards confirms it.

In a saved category listing 180 of 180 cards name the category, in one search 32 of 60.
"""


def count_category(run: Run, category_id: str, ids_of_cards: Sequence[str | None]) -> None:
    """Count the cards of a page, those that name a category, and those that name this one."""
    run.count("category/cards", len(ids_of_cards))
    run.count("category/named", sum(name is not None for name in ids_of_cards))
    run.count("category/confirmed", ids_of_cards.count(category_id))


def confirmed_share(run: Run) -> float | None:
    """Return the share of cards that name the category; None if no card names any."""
    if not run.counts["category/named"]:
        return None
    return run.counts["category/confirmed"] / run.counts["category/cards"]
