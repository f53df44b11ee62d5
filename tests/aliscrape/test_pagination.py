"""Which products of a page a crawl keeps, and when it stops."""

from collections.abc import Sequence

import pytest

from aliscrape.arguments import Arguments
from aliscrape.items import ProductItem
from aliscrape.outcome import Outcome
from aliscrape.spiders.pagination import Pagination
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.sightings import Sighting


class Crawl(Pagination):
    """A pagination whose products are all accepted by the pipelines."""

    def __init__(self, limit: int | None = 25, new: int | None = None, max_pages: int = 20) -> None:
        self.accepted: dict[str, None] = {}
        arguments = Arguments(limit, new, max_pages, url=None, category=None, product_pages=False)
        super().__init__(arguments, self.accepted)

    def read(self, page: Sequence[ProductItem]) -> list[int | None]:
        """Read a page and return the ids of the products that are kept."""
        selected = self.select(page)
        self.accepted |= {item.aliexpress_id: None for item in selected if item.aliexpress_id}
        return [int(item.aliexpress_id) if item.aliexpress_id else None for item in selected]


def items(*ids: int | None) -> list[ProductItem]:
    return [ProductItem(aliexpress_id=str(n) if n else None, title=f"Shoe {n}") for n in ids]


def test_it_takes_from_the_top_up_to_the_limit() -> None:
    run = Crawl(limit=2)
    assert run.read(items(1, 2, 3)) == [1, 2]
    assert run.stop_reason(1, 1) == (Outcome.DONE, "The goal of 2 products is reached.")


def test_repeats_and_unreadable_items_pass_without_counting() -> None:
    run = Crawl(limit=3)
    assert run.read(items(1, None, 1, 2, 3, 4)) == [1, None, 1, 2, 3]


@pytest.mark.usefixtures("open_catalog")
def test_for_new_products_it_goes_on_past_those_that_earlier_runs_stored() -> None:
    stored = [Sighting(aliexpress_id=str(n), title="Shoe") for n in (1, 2)]
    record_sightings(start_crawl("category"), stored)
    run = Crawl(limit=None, new=2)
    assert run.read(items(1, 2, 3)) == [1, 2, 3]
    assert run.stop_reason(1, 1) is None
    assert run.read(items(3, 4, 5)) == [3, 4]
    assert run.stop_reason(2, 2) == (Outcome.DONE, "The goal of 2 new products is reached.")


def after_one_page(run: Crawl) -> Crawl:
    first = items(1, 2)
    assert run.skip_reason(1, 1, first) is None
    run.read(first)
    return run


@pytest.mark.parametrize(
    ("number", "stated", "page", "reason"),
    [
        pytest.param(2, 2, items(), "ended before page 2", id="an empty page"),
        pytest.param(2, 1, items(8, 9), "page 2 came as page 1", id="a page that is another"),
        pytest.param(2, 2, items(2, 1), "page 2 repeats", id="a page without a new product"),
        pytest.param(2, None, items(1, None), "page 2 repeats", id="nor a readable one"),
    ],
)
def test_it_takes_nothing_of_a_later_page_that_shows_the_listing_s_end(
    number: int, stated: int | None, page: list[ProductItem], reason: str
) -> None:
    ending = after_one_page(Crawl()).skip_reason(number, stated, page)
    assert ending is not None
    assert ending[0] is Outcome.DONE
    assert reason in ending[1]


@pytest.mark.parametrize("stated", [2, None])
def test_it_takes_a_later_page_that_brings_something(stated: int | None) -> None:
    assert after_one_page(Crawl()).skip_reason(2, stated, items(2, 3)) is None


def test_an_empty_first_page_is_an_empty_listing() -> None:
    assert Crawl().skip_reason(1, 1, []) == (Outcome.EMPTY, "The listing has no products.")


def test_a_first_page_is_taken_whatever_number_it_bears_and_then_it_stops() -> None:
    run = Crawl()
    assert run.skip_reason(1, 4, items(1)) is None
    ending = run.stop_reason(1, 4)
    assert ending is not None
    assert "came as page 4" in ending[1]


def test_it_never_reads_more_pages_than_it_may() -> None:
    run = after_one_page(Crawl(max_pages=2))
    assert run.stop_reason(1, 1) is None
    run.skip_reason(2, 2, items(3))
    assert run.stop_reason(2, 2) == (
        Outcome.DONE,
        "The maximum of 2 pages for one crawl is reached.",
    )
