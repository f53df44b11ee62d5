"""The same crawls, edits and requests give the same answers on SQLite and on Postgres."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from db.database import close_database, drop_pooled_connections
from tests.conftest import API_KEY
from tests.crawls import scrapy_crawl
from tests.databases import run_sql
from tests.mockshop.server import open_shop
from tests.postgres import Postgres
from webapi import create_app
from webapi.sorting import PRODUCT_SORTS

DAYS = 5
PRODUCTS = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}
INSTANTS = {
    "crawl": ("started_at", "finished_at"),
    "product": (
        "first_seen_at", "last_seen_at", "created_at", "updated_at", "price_dropped_at",
        "deleted_at", "product_page_read_at", "gone_at",
    ),
    "observation": ("seen_at",),
}  # fmt: skip
NOW = re.compile(r"20(?!20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

EDITS = [
    ("POST", PRODUCTS, {"title": "Zapatillas de lona “Ñandú”", "price": "12.50",
                        "currency": "EUR", "star_rating": 4.7}),
    ("POST", PRODUCTS, {"title": "äpfel on shoes", "store_name": "Éclair", "units_sold": 5}),
    ("POST", PRODUCTS, {"title": "Already there", "aliexpress_id": "1"}),
    ("POST", PRODUCTS, {"title": "Already there", "aliexpress_id": "1"}),
    ("PATCH", f"{PRODUCTS}/2", {"title": "Slip-On CANVAS shoe 4.5 café"}),
    ("PATCH", f"{PRODUCTS}/3", {"price": "9.99"}),
    ("PATCH", f"{PRODUCTS}/4", {"currency": "JPY"}),
    ("PUT", f"{PRODUCTS}/5", {"title": "Only a title"}),
    ("PATCH", f"{PRODUCTS}/6", {"store_name": "x", "unknown": 1}),
    ("DELETE", f"{PRODUCTS}/7", None),
    ("PATCH", f"{PRODUCTS}/7", {"title": "Gone"}),
]  # fmt: skip
WORDS = ["shoes", "SHOES", "canvas", "cafe", "Café", "slip", "on", "4", "nandu", "apfel", "lona",
         "men casual", "nothing", "slip-on", "5 canvas"]  # fmt: skip
FILTERS = [
    "currency=USD&min_price=10&max_price=40", "min_rating=4.7", "free_shipping=true",
    "free_shipping=false", "seen_since=2020-01-03", "price_dropped_since=2020-01-02",
    "category=Bags%20%26%20Shoes%20%3E%20Men%27s%20Shoes%20%3E%20Casual%20Shoes",
    "min_units_sold=1000&sort=-units_sold",
]  # fmt: skip
OTHERS = [
    f"{PRODUCTS}/1", f"{PRODUCTS}/2", f"{PRODUCTS}/7", f"{PRODUCTS}/1/history",
    f"{PRODUCTS}/2/history?limit=2", f"{PRODUCTS}/3/history?format=csv",
    f"{PRODUCTS}?format=csv&sort=-title", f"{PRODUCTS}?format=csv&price_dropped_since=2020-01-02",
    "/api/v1/crawls", "/api/v1/crawls/1", "/feeds/price-drops.atom", "/", "/?sort=-price&limit=10",
    "/?q=shoe", "/products/1", "/products/3", "/crawls", "/api/v1/swagger.json",
    f"{PRODUCTS}?sort=colour", f"{PRODUCTS}/999",
]  # fmt: skip


def set_instants(url: str, day: int) -> None:
    """Date what has just been written on a day of 2020."""
    for table, columns in INSTANTS.items():
        for column in columns:
            then = f"2020-01-{day:02}T12:00:00.000000Z"
            run_sql(url, f"UPDATE {table} SET {column} = ? WHERE {column} > '2021'", then)  # noqa: S608  # ours


def answers(client: FlaskClient, url: str) -> Iterator[tuple[str, object]]:
    """Yield what the service answers, in the order in which it is asked."""
    for method, path, body in EDITS:
        response = client.open(path, method=method, json=body, headers=KEY)
        yield f"{method} {path}", (response.status_code, NOW.sub("now", response.text))
    set_instants(url, DAYS + 1)
    paths = [f"{PRODUCTS}?sort={sort}&limit=7" for sort in PRODUCT_SORTS]
    paths += [f"{PRODUCTS}?{filters}" for filters in FILTERS]
    for path in [*paths, *OTHERS]:
        yield from walk(client, path)
    for words in WORDS:
        response = client.get(PRODUCTS, query_string={"q": words})
        yield f"words {words}", (response.status_code, response.get_data())


def walk(client: FlaskClient, path: str) -> Iterator[tuple[str, object]]:
    """Yield a response and the pages after it."""
    link: str | None = path
    while link:
        response = client.get(link)
        headers = {name: response.headers.get(name) for name in ("ETag", "Link", "Content-Type")}
        yield link, (response.status_code, headers, response.get_data())
        body = response.get_json() if response.is_json else None
        link = body.get("next") if isinstance(body, dict) else None


@pytest.fixture
def urls(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Return a SQLite and a Postgres database with the same five days of the mock shop."""
    server_url = postgres.new_database()
    made = [f"sqlite:///{tmp_path_factory.mktemp('file')}/aliscrape.db", server_url]
    with open_shop() as shop:
        for day in range(1, DAYS + 1):
            shop.day = day
            for url in made:
                done = scrapy_crawl("casual_shoes", SITE_URL=shop.url, DATABASE_URL=url)
                assert done.exit_code in {0, 3}, done.log
                set_instants(url, day)
    yield made
    drop_pooled_connections()
    postgres.drop(server_url)


def test_every_answer_is_the_same_byte_for_byte(urls: list[str]) -> None:
    told = []
    for url in urls:
        client = create_app({"DATABASE_URL": url, "ALISCRAPE_API_KEY": API_KEY}).test_client()
        told.append(list(answers(client, url)))
        close_database()
    sqlite, postgres = told
    assert [asked for asked, _ in sqlite] == [asked for asked, _ in postgres]
    for (asked, one), (_, other) in zip(sqlite, postgres, strict=True):
        assert one == other, asked
    assert len(sqlite) > 100
