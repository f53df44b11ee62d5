"""The benchmark runs, at tiny sizes. What it measures decides no test."""

import json
from functools import partial
from pathlib import Path

import pytest

from bench import catalogues, crawling, load, postgres, reading, serving, storing
from bench.rounds import interleave, ratio
from tests.postgres import programs


def test_programs_are_measured_in_turn() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    figures = interleave({name: partial(measure, name) for name in "ABC"}, 2)
    assert order == [*"ABCABC"]
    assert figures == {"A": [1, 4], "B": [2, 5], "C": [3, 6]}
    assert ratio(figures["C"], figures["A"]) == 2.25


def test_storing_is_measured() -> None:
    assert storing.measure(rounds=1, pages=1)["store_vs_limit"] > 0


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the files of a benchmark in a folder of the test."""
    monkeypatch.setattr(catalogues, "DATA", tmp_path)


@pytest.mark.long
@pytest.mark.usefixtures("data")
def test_crawls_are_measured() -> None:
    ratios = crawling.measure(rounds=1, pages=1, stored=10)
    assert {"crawl_vs_textbook", "crawl_growth"} <= set(ratios)
    assert all(value > 0 for value in ratios.values())


@pytest.mark.long
@pytest.mark.parametrize("program", ["ours", "textbook"])
def test_a_crawl_that_stores_too_few_products_is_no_measurement(
    program: str, tmp_path: Path
) -> None:
    with crawling.open_site(pages=1) as site:
        crawls = crawling.Crawls(site, 2, tmp_path)
        with pytest.raises(SystemExit, match=r"60 products instead of 120"):
            getattr(crawls, program)()


@pytest.mark.long
@pytest.mark.usefixtures("data")
def test_the_api_is_measured() -> None:
    ratios = serving.measure(1, 0.2, 200, names=serving.LIMIT)
    assert {"api_one_vs_bare", "api_page_vs_bare", "not_modified_vs_full"} <= set(ratios)
    assert json.dumps(ratios)


@pytest.mark.long
@pytest.mark.usefixtures("data")
def test_postgres_is_measured_beside_sqlite() -> None:
    if programs() is None:
        pytest.skip("Postgres is not installed: apt install postgresql")
    ratios = postgres.measure(1, loads=1, seconds=0.2, products=200)
    names = ["store", "api_one", "api_page"]
    assert list(ratios) == [f"{name}_postgres_vs_sqlite" for name in names]
    assert all(value > 0 for value in ratios.values())


def test_without_a_postgres_server_the_reason_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    assert postgres.measure(1, loads=1, seconds=0.2, products=200) == {}
    assert "no server is installed (apt install postgresql)" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.usefixtures("data")
def test_lists_and_load_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    reading.measure(300, pairs=1)
    load.measure(300, seconds=1, clients=2)
    printed = capsys.readouterr().out
    assert "currency=JPY" in printed
    assert " 0 errors" in printed
