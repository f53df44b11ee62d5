"""The list as CSV."""

import csv
import io
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskClient

from bench.catalogues import make_catalog
from db.curation import create_product
from db.database import database
from tests.crawls import ROOT
from tests.webapi.catalogues import store

URL = "/api/v1/products"


@pytest.fixture(autouse=True)
def products(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    store(Random(3), 30)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("question", "accept", "is_csv"),
    [
        ("", "text/csv", True),
        ("", "text/csv;q=0.9, application/json;q=0.5", True),
        ("", "application/json, text/csv;q=0.5", False),
        ("", "*/*", False),
        ("", "text/html", False),
        ("format=csv", "application/json", True),
        ("format=json", "text/csv", False),
    ],
)
def test_csv_is_given_to_those_who_ask_for_it(
    client: FlaskClient, question: str, accept: str, *, is_csv: bool
) -> None:
    response = client.get(f"{URL}?{question}", headers={"Accept": accept})
    assert response.status_code == 200
    expected = "text/csv; charset=utf-8" if is_csv else "application/json"
    assert response.content_type == expected
    assert response.headers["Vary"] == "Accept"


@pytest.mark.parametrize("question", ["", "sort=-price", "currency=USD&sort=title", "q=canvas"])
def test_the_table_has_what_all_pages_have(client: FlaskClient, question: str) -> None:
    table = rows(client.get(f"{URL}?{question}&format=csv").get_data(as_text=True))
    listed = client.get(f"{URL}?{question}&limit=100").get_json()["items"]
    assert len(table) == len(listed) > 0
    for row, product in zip(table, listed, strict=True):
        assert list(row) == list(product)
        for name, value in product.items():
            if isinstance(value, list):
                assert row[name] == " ".join(value)
            elif value is None:
                assert row[name] == ""
            else:
                assert row[name].removeprefix("'") == str(value)


def test_limit_and_cursor_cut_the_table(client: FlaskClient) -> None:
    link = client.get(f"{URL}?sort=price&limit=10").get_json()["next"]
    rest = rows(client.get(link.replace("limit=10", "format=csv")).get_data(as_text=True))
    ten = rows(client.get(f"{link}&format=csv").get_data(as_text=True))
    assert (len(rest), len(ten), ten) == (20, 10, rest[:10])


def test_dropped_prices_have_their_columns(client: FlaskClient) -> None:
    text = client.get(f"{URL}?format=csv&price_dropped_since=2026-11-02").get_data(as_text=True)
    found = rows(text)
    assert found
    assert all(float(row["price_drop"]) > 0 for row in found)


@pytest.mark.parametrize("title", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_no_cell_is_run_as_a_formula(client: FlaskClient, title: str) -> None:
    create_product({"title": title})
    text = client.get(f"{URL}?format=csv").get_data(as_text=True)
    (row,) = [row for row in rows(text) if row["title"].endswith(title)]
    assert row["title"] == f"'{title}"


def test_a_title_with_commas_quotes_and_umlauts_comes_back_whole(client: FlaskClient) -> None:
    title = 'Shoe, "wide", Größe 42; 日本語'
    create_product({"title": title})
    text = client.get(f"{URL}?format=csv&q=wide").get_data(as_text=True)
    assert [row["title"] for row in rows(text)] == [title]


def test_a_wrong_question_is_refused_before_anything_is_sent(client: FlaskClient) -> None:
    response = client.get(f"{URL}?format=csv&sort=colour")
    assert (response.status_code, response.content_type) == (400, "application/problem+json")


STREAM = """
import sys
from pathlib import Path
sys.modules["psycopg"] = None  # as where Postgres's driver is not installed
from webapi import create_app
app = create_app({"DATABASE_URL": sys.argv[1], "ALISCRAPE_API_KEY": "key"})
response = app.test_client().get("/api/v1/products?format=csv&sort=title", buffered=False)
lines = sum(chunk.count(b"\\n") for chunk in response.response)
status = Path("/proc/self/status").read_text()
print(lines, status.partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.long
@pytest.mark.sqlite  # the file is made for it
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read memory from")
def test_a_large_table_is_streamed_in_constant_memory(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Of the process that serves it, in KiB: ten times the products, about the same memory."""
    peaks = []
    for count in (1_000, 10_000):
        path = tmp_path_factory.mktemp("large") / "products.db"
        make_catalog(path, count)
        done = subprocess.run(
            [sys.executable, "-c", STREAM, f"sqlite:///{path}"],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        lines, peak = map(int, done.stdout.split())
        assert lines == count + 1
        peaks.append(peak)
    assert peaks[1] < 60_000
    assert peaks[1] < peaks[0] + 3_000
