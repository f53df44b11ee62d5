"""The runs of spiders, over the API."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from db.crawls import finish_crawl, start_crawl
from db.database import database
from tests.webapi.catalogues import BEGIN

URL = "/api/v1/crawls"
COVERAGE = {"price": {"share": 0.96, "from": {"prices.salePrice": 24}}}


@pytest.fixture(autouse=True)
def crawls(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    for day in range(5):
        crawl = start_crawl("casual_shoes", at=BEGIN + timedelta(days=day))
        if day < 4:
            facts = {"outcome": "done", "reason": "Read.", "found": 25, "coverage": COVERAGE}
            finish_crawl(crawl, facts, at=BEGIN + timedelta(days=day, minutes=1))


def test_the_newest_crawl_comes_first(client: FlaskClient) -> None:
    page = client.get(URL).get_json()
    assert [crawl["id"] for crawl in page["items"]] == [5, 4, 3, 2, 1]
    assert (page["total"], page["next"], page["prev"]) == (5, None, None)


def test_the_pages_lead_there_and_back(client: FlaskClient) -> None:
    page = client.get(f"{URL}?limit=2").get_json()
    there = [page]
    while page["next"]:
        page = client.get(page["next"]).get_json()
        there.append(page)
    assert [[crawl["id"] for crawl in one["items"]] for one in there] == [[5, 4], [3, 2], [1]]
    back = [page]
    while page["prev"]:
        page = client.get(page["prev"]).get_json()
        back.append(page)
    assert [one["items"] for one in back[::-1]] == [one["items"] for one in there]


def test_pages_keep_their_place_while_crawls_begin(client: FlaskClient) -> None:
    page = client.get(f"{URL}?limit=2").get_json()
    database.connect(reuse_if_open=True)
    start_crawl("category")
    following = client.get(page["next"]).get_json()
    assert [crawl["id"] for crawl in following["items"]] == [3, 2]
    before = client.get(client.get(following["prev"]).get_json()["prev"]).get_json()
    assert [crawl["id"] for crawl in before["items"]] == [6]


def test_a_crawl_says_how_it_ended_and_what_it_found(client: FlaskClient) -> None:
    crawl = client.get(f"{URL}/1").get_json()
    assert (crawl["outcome"], crawl["reason"], crawl["found"]) == ("done", "Read.", 25)
    assert crawl["coverage"] == COVERAGE
    assert crawl["finished_at"] == "2026-11-01T00:01:00.000000Z"


def test_a_crawl_that_runs_has_no_outcome_yet(client: FlaskClient) -> None:
    crawl = client.get(f"{URL}/5").get_json()
    assert (crawl["outcome"], crawl["finished_at"], crawl["coverage"]) == (None, None, None)


@pytest.mark.parametrize(
    ("url", "status"),
    [(f"{URL}/99", 404), (f"{URL}/abc", 404), (f"{URL}/1?x=1", 400), (f"{URL}?sort=id", 400)],
)
def test_what_is_not_there_or_cannot_be_asked_is_a_problem(
    client: FlaskClient, url: str, status: int
) -> None:
    response = client.get(url)
    assert (response.status_code, response.get_json()["status"]) == (status, status)
