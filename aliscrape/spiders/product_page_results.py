"""Judge the product pages of a crawl together: one page alone cannot show that the site fails."""

from collections.abc import Callable
from typing import Final

from aliscrape.items import ProductPageItem
from aliscrape.outcome import Outcome, Run
from aliscrape.pages.errors import PageError
from aliscrape.parsers.shipping import parse_shipping

FEWEST_GONE: Final = 3
"""So many products are not removed at once. If no page was read, the site is at fault."""
FEWEST_READ: Final = 4
"""Fewer pages without a store name say nothing about a layout."""


class ProductPageResults:
    """Hold back products that are gone until another page was read, and count missing stores."""

    def __init__(
        self, run: Run, keep_page: Callable[[bytes], None], fewest_gone: int = FEWEST_GONE
    ) -> None:
        self.run = run
        self.keep_page = keep_page
        self.fewest_gone = fewest_gone
        self._gone: list[ProductPageItem] = []
        self._read = 0
        self._without_store = 0
        self._layout: str | None = None
        self._text = ""

    def add(self, item: ProductPageItem, text: str) -> list[ProductPageItem]:
        """Return the items that can be stored after one more page, whose text is given.

        Raises PageError for a page that says nothing of what product pages are read for.
        """
        if item.absence and self._read:
            return [item]
        if item.absence:
            self._gone.append(item)
            return []
        self._read += 1
        if item.store_name is None:
            self._without_store += 1
            self._layout, self._text = item.layout, text
            amounts = (item.shipping_number, item.shipping_fee_text)
            if amounts == (None, None) and not parse_shipping(item.shipping_text, item.currency):
                raise PageError(f"its {item.layout} layout names neither store nor shipping")
        known, self._gone = [*self._gone, item], []
        return known

    def close(self) -> list[ProductPageItem]:
        """Return the items that can be stored after the last page, and report what is suspicious.

        If all of several products seem to be gone, none of them is stored as gone.
        """
        gone, self._gone = self._gone, []
        if self._read >= FEWEST_READ and self._without_store * 2 > self._read:
            self.keep_page(self._text.encode())
            few = f"{self._without_store} of {self._read} product pages name no store"
            self.run.report(Outcome.PARTIAL, f"The {self._layout} layout has changed: {few}.")
        if self._read or len(gone) < self.fewest_gone:
            return gone
        reason = f"The site calls all of {len(gone)} products gone. None is stored as gone."
        self.run.report(Outcome.PARTIAL, reason)
        return []
