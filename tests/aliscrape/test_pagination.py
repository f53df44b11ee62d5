"""Which products of a page a crawl keeps, and when it stops."""

from collections.abc import Sequence

import pytest

from aliscrape.arguments import Arguments
from aliscrape.items import ProductItem
from aliscrape.outcome import Outcome
from aliscrape.pages.listing.layouts import PageInfo
from aliscrape.spiders.pagination import Pagination
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.sightings import Sighting


class Crawl(Pagination):
    """A pagination whose products are all accepted by the pipelines."""

    def __init__(self, limit: int = 25, new: int | None = None, max_pages: int = 20) -> None:
        self.accepted: dict[str, None] = {}
        arguments = Arguments(
            new or limit, new is not None, max_pages, url=None, category=None, product_pages=False
        )
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
    assert run.stop_reason(1) == (Outcome.DONE, "The goal of 2 products is reached.")


def test_repeats_and_unreadable_items_pass_without_counting() -> None:
    run = Crawl(limit=3)
    assert run.read(items(1, None, 1, 2, 3, 4)) == [1, None, 1, 2, 3]


@pytest.mark.usefixtures("open_catalog")
def test_for_new_products_it_goes_on_past_those_that_earlier_runs_stored() -> None:
    stored = [Sighting(aliexpress_id=str(n), title="Shoe") for n in (1, 2)]
    record_sightings(start_crawl("category"), stored)
    run = Crawl(new=2)
    assert run.read(items(1, 2, 3)) == [1, 2, 3]
    assert run.stop_reason(1) is None
    assert run.read(items(3, 4, 5)) == [3, 4]
    assert run.stop_reason(2) == (Outcome.DONE, "The goal of 2 new products is reached.")


def after_one_page(run: Crawl) -> Crawl:
    first = items(1, 2)
    assert run.skip_reason(1, PageInfo(1), first) is None
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
    ending = after_one_page(Crawl()).skip_reason(number, PageInfo(stated), page)
    assert ending is not None
    assert ending[0] is Outcome.DONE
    assert reason in ending[1]


@pytest.mark.parametrize("stated", [2, None])
def test_it_takes_a_later_page_that_brings_something(stated: int | None) -> None:
    assert after_one_page(Crawl()).skip_reason(2, PageInfo(stated), items(2, 3)) is None


def test_an_empty_first_page_is_an_empty_listing() -> None:
    assert Crawl().skip_reason(1, PageInfo(1), []) == (
        Outcome.EMPTY,
        "The listing has no products.",
    )


@pytest.mark.parametrize("stated", [0, 5])
def test_a_first_page_is_the_first_whatever_number_it_bears(stated: int) -> None:
    run = Crawl(limit=3)
    assert run.skip_reason(1, PageInfo(stated), items(1)) is None
    run.read(items(1))
    assert run.stop_reason(1) is None
    assert run.skip_reason(2, PageInfo(stated), items(2, 3)) is None
    repeated = run.skip_reason(3, PageInfo(3), items(1))
    assert repeated is not None
    assert "page 3 repeats" in repeated[1]


def test_it_never_reads_more_pages_than_it_may() -> None:
    run = after_one_page(Crawl(max_pages=2))
    assert run.stop_reason(1) is None
    run.skip_reason(2, PageInfo(2), items(3))
    assert run.stop_reason(2) == (
        Outcome.DONE,
        "The maximum of 2 pages for one crawl is reached.",
    )


def numbered(start: int, count: int) -> list[ProductItem]:
    return items(*range(start, start + count))


ENDS = [
    pytest.param([60], PageInfo(1, 359, 60), Outcome.PARTIAL, id="a full page of 359"),
    pytest.param([60], PageInfo(1, 61, 60), Outcome.PARTIAL, id="a full page, one is missing"),
    pytest.param([60], PageInfo(1, 60, 60), Outcome.DONE, id="all were given"),
    pytest.param([60], PageInfo(1, None, 60), Outcome.DONE, id="nothing is claimed"),
    pytest.param([60, 21], PageInfo(2, 83, 60), Outcome.DONE, id="short, and two are missing"),
    pytest.param([60, 21], PageInfo(2, 141, 60), Outcome.PARTIAL, id="short, a page is missing"),
    pytest.param([60, 21], PageInfo(2, 140, 60), Outcome.DONE, id="short, less than a page"),
    pytest.param([21], PageInfo(1, 201), Outcome.PARTIAL, id="60 cards where no size is stated"),
]


@pytest.mark.parametrize(("pages", "info", "outcome"), ENDS)
def test_a_listing_that_claims_more_than_it_gave_has_not_ended(
    pages: list[int], info: PageInfo, outcome: Outcome
) -> None:
    run = Crawl(limit=500)
    for number, count in enumerate(pages, start=1):
        page = numbered(number * 100, count)
        assert run.skip_reason(number, info._replace(number=number), page) is None
        run.read(page)
        assert run.stop_reason(number) is None
    ending = run.skip_reason(len(pages) + 1, PageInfo(len(pages) + 1), [])
    assert ending is not None
    assert ending[0] is outcome
    if outcome is Outcome.PARTIAL:
        assert f"{sum(pages)} of the {info.total} products" in ending[1]


def test_a_finished_listing_has_ended_whatever_it_claims() -> None:
    run = Crawl(limit=500)
    assert run.skip_reason(1, PageInfo(1, 359, 60, is_last=True), numbered(1, 60)) is None
    ending = run.stop_reason(1)
    assert ending is not None
    assert ending[0] is Outcome.DONE


def test_pages_before_the_first_one_requested_are_not_missing() -> None:
    run = Crawl(limit=500)
    assert run.skip_reason(3, PageInfo(3, 150, 60), numbered(1, 30)) is None
    run.read(numbered(1, 30))
    assert run.skip_reason(4, PageInfo(4), []) == (
        Outcome.DONE,
        "The listing ended before page 4.",
    )


def test_the_sixtieth_page_is_the_last_that_the_site_shows() -> None:
    run = Crawl(limit=999_999, max_pages=100)
    assert run.skip_reason(60, PageInfo(60, 90_000, 60), numbered(1, 60)) is None
    ending = run.stop_reason(60)
    assert ending is not None
    assert ending[0] is Outcome.DONE


def test_a_first_page_without_cards_is_empty_only_if_nothing_is_claimed() -> None:
    assert Crawl().skip_reason(1, PageInfo(1, 0), []) == (
        Outcome.EMPTY,
        "The listing has no products.",
    )
    ending = Crawl().skip_reason(1, PageInfo(1, 92_000), [])
    assert ending is not None
    assert ending[0] is Outcome.PARTIAL
