"""Decide which products of a listing to keep, and when to stop requesting pages."""

from collections.abc import Collection, Sequence

from aliscrape.arguments import Arguments
from aliscrape.items import ProductItem
from aliscrape.outcome import Ending, Outcome
from db.catalog import stored_ids


class Pagination:
    """Count distinct products towards the goal of a crawl, page by page from the top.

    `known_ids` are the products of the pages before, as the pipelines have accepted them. A page
    is requested by its number. It may state another number, or none.
    """

    def __init__(self, arguments: Arguments, known_ids: Collection[str]) -> None:
        self.max_pages = arguments.max_pages
        self.counts_new_only = arguments.new is not None
        self.goal = arguments.new or arguments.limit or 0
        self.known_ids = known_ids
        self.gathered = 0
        self.pages = 0

    def skip_reason(
        self, requested: int, stated: int | None, items: Sequence[ProductItem]
    ) -> Ending | None:
        """Return why a page must be skipped, or None if it can be used.

        The first page is used whatever number it states: there is nothing it could repeat.
        """
        self.pages += 1
        if self.pages == 1:
            return None if items else (Outcome.EMPTY, "The listing has no products.")
        if not items:
            return Outcome.DONE, f"The listing ended before page {requested}."
        if stated not in {None, requested}:
            return Outcome.DONE, f"The listing ended: page {requested} came as page {stated}."
        if all(item.aliexpress_id in self.known_ids for item in items if item.aliexpress_id):
            return Outcome.DONE, f"The listing ended: page {requested} repeats those before."
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

    def stop_reason(self, requested: int, stated: int | None) -> Ending | None:
        """Return why no page is requested after one that was used, or None to go on."""
        if self.gathered >= self.goal:
            kind = "new products" if self.counts_new_only else "products"
            return Outcome.DONE, f"The goal of {self.goal} {kind} is reached."
        if stated not in {None, requested}:
            return Outcome.DONE, f"The listing ended: page {requested} came as page {stated}."
        if self.pages >= self.max_pages:
            return Outcome.DONE, f"The maximum of {self.pages} pages for one crawl is reached."
        return None
