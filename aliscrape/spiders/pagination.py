"""Decide which products of a listing to keep, and when to stop requesting pages."""

from collections.abc import Collection, Sequence
from typing import Final

from aliscrape.arguments import Arguments
from aliscrape.items import ProductItem
from aliscrape.outcome import Ending, Outcome
from aliscrape.pages.listing.layouts import PageInfo
from db.catalog import stored_ids

LAST_PAGE: Final = 60
"""The site shows at most so many pages of a listing."""
FULL_PAGE: Final = 60
"""How many cards a full page has, where it does not say so itself."""


class Pagination:
    """Count distinct products towards the goal of a crawl, page by page from the top.

    `known_ids` are the products of the pages before, as the pipelines have accepted them. A page
    is requested by its number. It may state another number, or none.
    """

    def __init__(self, arguments: Arguments, known_ids: Collection[str]) -> None:
        self.goal, self.counts_new_only = arguments.goal, arguments.counts_new_only
        self.max_pages = arguments.max_pages
        self.known_ids = known_ids
        self.gathered = 0
        self.pages = 0
        self.given = 0  # cards, repeats and ads included, and those of full pages before the first
        self._last, self._last_cards = PageInfo(), 0
        self._states_numbers = True

    def skip_reason(
        self, requested: int, info: PageInfo, items: Sequence[ProductItem]
    ) -> Ending | None:
        """Return why a page must be skipped, or None if it can be used.

        The first page is used whatever number it states: there is nothing it could repeat. If that
        number is wrong, those of later pages prove nothing either.
        """
        self.pages += 1
        if self.pages == 1:
            self._states_numbers = info.number in {None, requested}
            self.given = (requested - 1) * (info.size or FULL_PAGE)
            if not items and not info.total:
                return Outcome.EMPTY, "The listing has no products."
        if not items:
            return self.end(f"ended before page {requested}", info)
        if self.pages > 1 and self._states_numbers and info.number not in {None, requested}:
            return self.end(f"ended: page {requested} came as page {info.number}", info)
        ids = [item.aliexpress_id for item in items if item.aliexpress_id]
        if self.pages > 1 and all(number in self.known_ids for number in ids):
            return self.end(f"ended: page {requested} repeats those before", info)
        self.given += len(items)
        self._last, self._last_cards = info, len(items)
        return None

    def select(self, items: Sequence[ProductItem]) -> list[ProductItem]:
        """Return the items of a page up to the one that reaches the goal.

        Unreadable and repeated items are among them, for the pipelines to drop and count. They do
        not count towards the goal. Raises StorageError if the stored products cannot be read.
        """
        ids = [item.aliexpress_id for item in items if item.aliexpress_id]
        uncounted = {*self.known_ids, *(stored_ids(ids) if self.counts_new_only else ())}
        selected = []
        for item in items:
            if self.gathered >= self.goal:
                break
            selected.append(item)
            if item.missing_field is None and item.aliexpress_id not in uncounted:
                uncounted.add(item.aliexpress_id or "")
                self.gathered += 1
        return selected

    def stop_reason(self, requested: int) -> Ending | None:
        """Return why no page is requested after one that was used, or None to go on."""
        if self.gathered >= self.goal:
            kind = "new products" if self.counts_new_only else "products"
            return Outcome.DONE, f"The goal of {self.goal} {kind} is reached."
        if self._last.is_last:
            return self.end(f"ended: page {requested} is the last", self._last)
        if self.pages >= self.max_pages:
            return Outcome.DONE, f"The maximum of {self.pages} pages for one crawl is reached."
        if requested >= LAST_PAGE:
            return Outcome.DONE, f"The site shows at most {LAST_PAGE} pages of a listing."
        return None

    def end(self, reason: str, info: PageInfo) -> Ending:
        """Return how a crawl ends whose listing ends at a page, with what that page says."""
        if not self.is_short(info):
            return Outcome.DONE, f"The listing {reason}."
        numbers = f"{self.given} of the {self._claimed(info)} products"
        return Outcome.PARTIAL, f"The listing {reason}. It gave {numbers} that it claims to have."

    def is_short(self, info: PageInfo) -> bool:
        """Return whether the listing claims more products than it gave, if it ends at a page.

        The claim is approximate: 201 on five pages of a saved search, 203 on the sixth. So the
        last page may be short, if less than a page is missing.
        """
        missing = self._claimed(info) - self.given
        size = self._last.size or FULL_PAGE
        if missing <= 0 or self._last.is_last:
            return False
        return not (0 < self._last_cards < size and missing < size)

    def _claimed(self, info: PageInfo) -> int:
        return self._last.total or info.total or 0
