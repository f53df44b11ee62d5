"""What a run takes of each page, and when it stops."""

from collections.abc import Sequence

import pytest

from aliscrape.arguments import Arguments
from aliscrape.gathering import Gathering
from aliscrape.items import ProductItem
from aliscrape.outcomes import Outcome
from db.catalog import record_sightings
from db.crawls import start_crawl
from db.sightings import Sighting


def gathering(limit: int | None = 25, new: int | None = None, max_pages: int = 20) -> Gathering:
    return Gathering(Arguments(limit, new, max_pages, url=None, category=None, details=False))


def items(*ids: int | None) -> list[ProductItem]:
    return [ProductItem(aliexpress_id=str(n) if n else None, title=f"Shoe {n}") for n in ids]


def ids(taken: Sequence[ProductItem]) -> list[int | None]:
    return [int(item.aliexpress_id) if item.aliexpress_id else None for item in taken]


def test_it_takes_from_the_top_up_to_the_limit() -> None:
    run = gathering(limit=2)
    assert ids(list(run.take(items(1, 2, 3)))) == [1, 2]
    assert run.stop(1, 1) == (Outcome.DONE, "The goal of 2 products is reached.")


def test_repeats_and_unreadable_items_pass_without_counting() -> None:
    run = gathering(limit=3)
    assert ids(list(run.take(items(1, None, 1, 2, 3, 4)))) == [1, None, 1, 2, 3]


@pytest.mark.usefixtures("open_catalog")
def test_for_new_products_it_goes_on_past_those_that_earlier_runs_stored() -> None:
    stored = [Sighting(aliexpress_id=str(n), title="Shoe") for n in (1, 2)]
    record_sightings(start_crawl("category"), stored)
    run = gathering(limit=None, new=2)
    assert ids(list(run.take(items(1, 2, 3)))) == [1, 2, 3]
    assert run.stop(1, 1) is None
    assert ids(list(run.take(items(3, 4, 5)))) == [3, 4]
    assert run.stop(2, 2) == (Outcome.DONE, "The goal of 2 new products is reached.")


def after_one_page(run: Gathering) -> Gathering:
    first = items(1, 2)
    assert run.refuse(1, 1, first) is None
    list(run.take(first))
    return run


@pytest.mark.parametrize(
    ("number", "said", "page", "reason"),
    [
        pytest.param(2, 2, items(), "ended before page 2", id="an empty page"),
        pytest.param(2, 1, items(8, 9), "page 2 came as page 1", id="a page that is another"),
        pytest.param(2, 2, items(2, 1), "page 2 repeats", id="a page without a new product"),
        pytest.param(2, None, items(1, None), "page 2 repeats", id="nor a readable one"),
    ],
)
def test_it_takes_nothing_of_a_later_page_that_shows_the_listing_s_end(
    number: int, said: int | None, page: list[ProductItem], reason: str
) -> None:
    ending = after_one_page(gathering()).refuse(number, said, page)
    assert ending is not None
    assert ending[0] is Outcome.DONE
    assert reason in ending[1]


@pytest.mark.parametrize("said", [2, None])
def test_it_takes_a_later_page_that_brings_something(said: int | None) -> None:
    assert after_one_page(gathering()).refuse(2, said, items(2, 3)) is None


def test_an_empty_first_page_is_an_empty_listing() -> None:
    assert gathering().refuse(1, 1, []) == (Outcome.EMPTY, "The listing has no products.")


def test_a_first_page_is_taken_whatever_number_it_bears_and_then_it_stops() -> None:
    run = gathering()
    assert run.refuse(1, 4, items(1)) is None
    ending = run.stop(1, 4)
    assert ending is not None
    assert "came as page 4" in ending[1]


def test_it_never_reads_more_pages_than_it_may() -> None:
    run = after_one_page(gathering(max_pages=2))
    assert run.stop(1, 1) is None
    run.refuse(2, 2, items(3))
    assert run.stop(2, 2) == (Outcome.DONE, "The most pages for one run are read: 2.")
