"""Which products of a listing a run takes, and when and why it stops."""

from collections.abc import Iterator, Sequence

from aliscrape.arguments import Arguments
from aliscrape.items import ProductItem
from aliscrape.outcomes import Ending, Outcome
from db.catalog import stored_ids


class Gathering:
    """Counts distinct products towards the goal of a run, page by page from the top.

    A page is asked for by its `number`; it may say that it is another one, or say nothing.
    """

    def __init__(self, arguments: Arguments) -> None:
        self.max_pages = arguments.max_pages
        self.counts_new_only = arguments.new is not None
        self.goal = arguments.new or arguments.limit or 0
        self.gathered = 0
        self.pages = 0
        self.seen: dict[str, None] = {}

    def refuse(self, number: int, said: int | None, items: Sequence[ProductItem]) -> Ending | None:
        """Why nothing of a page is to be taken, or None when it is a page to take from.

        The first page is taken whatever number it bears: there is nothing yet it could repeat.
        """
        self.pages += 1
        if self.pages == 1:
            return None if items else (Outcome.EMPTY, "The listing has no products.")
        if not items:
            return Outcome.DONE, f"The listing ended before page {number}."
        if said not in {None, number}:
            return Outcome.DONE, f"The listing ended: page {number} came as page {said}."
        if not any(item.aliexpress_id not in self.seen for item in items if item.aliexpress_id):
            return Outcome.DONE, f"The listing ended: page {number} repeats those before."
        return None

    def take(self, items: Sequence[ProductItem]) -> Iterator[ProductItem]:
        """The items of a page up to the one that reaches the goal.

        Unreadable ones pass too, to be dropped and counted; they bring the goal no nearer.
        Raises StorageError when it cannot be read which products are stored.
        """
        ids = [item.aliexpress_id for item in items if item.aliexpress_id]
        uncounted = stored_ids(ids) if self.counts_new_only else set()
        for item in items:
            if self.gathered >= self.goal:
                return
            if item.aliexpress_id and item.title and item.aliexpress_id not in self.seen:
                self.seen[item.aliexpress_id] = None
                self.gathered += item.aliexpress_id not in uncounted
            yield item

    def stop(self, number: int, said: int | None) -> Ending | None:
        """Why no page is to be asked for after one that was taken, or None to go on."""
        if self.gathered >= self.goal:
            kind = "new products" if self.counts_new_only else "products"
            return Outcome.DONE, f"The goal of {self.goal} {kind} is reached."
        if said not in {None, number}:
            return Outcome.DONE, f"The listing ended: page {number} came as page {said}."
        if self.pages >= self.max_pages:
            return Outcome.DONE, f"The most pages for one run are read: {self.pages}."
        return None
