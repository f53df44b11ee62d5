"""Thirty days of cron: every price change of the good days, nothing of the bad ones."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.crawls import Crawl
from tests.mockshop.catalogue import BEST_SELLERS, SHOES, Shoe
from tests.mockshop.server import open_shop
from tests.mockshop.thirty_days import BAD_DAYS, DAYS, OUTCOMES, PICTURED, crawl_thirty_days

pytestmark = [
    pytest.mark.long,
    pytest.mark.sqlite,  # days on both are compared by test_same_answers
]

GOOD_DAYS = [day for day in DAYS if day not in BAD_DAYS]


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Crawl]]:
    """Thirty crawls, which is one minute on two cores."""
    database = tmp_path_factory.mktemp("month") / "aliscrape.db"
    with open_shop() as shop:
        return database, crawl_thirty_days(shop, database)


@pytest.fixture
def connection(month: tuple[Path, list[Crawl]]) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(month[0])
    yield opened
    opened.close()


def changes(prices: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the days and prices at which a price is another one than before."""
    return [next(same) for _, same in groupby(prices, key=lambda seen: seen[1])]


def expected(shoe: Shoe) -> list[tuple[int, int]]:
    return changes([(day, round(shoe.price(day) * 100)) for day in GOOD_DAYS])


def history(connection: sqlite3.Connection, shoe: Shoe) -> list[tuple[int, int]]:
    """Return the price changes in the database. The crawl of a day has its number."""
    rows: list[Any] = connection.execute(
        "SELECT crawl_id, observation.price_minor FROM observation"
        " JOIN product ON product.id = product_id"
        " WHERE aliexpress_id = ? ORDER BY observation.id",
        (str(shoe.id),),
    ).fetchall()
    return changes(rows)


def test_the_history_has_every_price_change_of_the_good_days_and_none_of_the_bad_ones(
    connection: sqlite3.Connection,
) -> None:
    products = connection.execute("SELECT COUNT(*) FROM product").fetchone()
    assert products == (BEST_SELLERS,)
    for shoe in SHOES[:BEST_SELLERS]:
        assert history(connection, shoe) == expected(shoe), shoe.number
    days = {day for (day,) in connection.execute("SELECT DISTINCT crawl_id FROM observation")}
    assert days == set(GOOD_DAYS)


def test_the_bad_days_would_have_changed_prices() -> None:
    """Otherwise the test above could not fail."""
    for kind in OUTCOMES.keys() - {"done"}:
        days = [day for day, bad in BAD_DAYS.items() if bad == kind]
        assert any(
            shoe.price(day) != shoe.price(day - 1) for shoe in SHOES[:BEST_SELLERS] for day in days
        )
    assert len(expected(SHOES[PICTURED])) > len(DAYS) // 6


def test_each_day_s_row_says_what_happened_and_so_did_its_last_line(
    connection: sqlite3.Connection, month: tuple[Path, list[Crawl]]
) -> None:
    rows = connection.execute(
        "SELECT outcome, reason, new, changed + unchanged, advice FROM crawl ORDER BY id"
    ).fetchall()
    assert len(rows) == len(DAYS)
    for day, (outcome, reason, new, known, advice), done in zip(DAYS, rows, month[1], strict=True):
        words, part = OUTCOMES[BAD_DAYS.get(day, "done")]
        assert (day, outcome) == (day, words), done.log
        assert part in reason
        assert reason in done.last_line
        assert advice
        stored = BEST_SELLERS if day in GOOD_DAYS else 0
        assert (new, known) == ((stored, 0) if day == 1 else (0, stored))


def test_the_crawls_are_a_day_apart(connection: sqlite3.Connection) -> None:
    rows = connection.execute("SELECT started_at FROM crawl ORDER BY id").fetchall()
    begun = [datetime.fromisoformat(at) for (at,) in rows]
    assert all(0.9 < (later - earlier).total_seconds() / 86_400 < 1.1
               for earlier, later in pairwise(begun))  # fmt: skip
