"""Filters, sorts and search of the list, held against a second reading of all products."""

import re
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import edit_product
from db.database import database
from db.models import Product
from db.money import Money
from db.sightings import Sighting
from tests.webapi.catalogues import BEGIN, ordered, store
from webapi.repositories import product_lists as repository
from webapi.sorting import PRODUCT_SORTS

URL = "/api/v1/products"
SORTS = list(PRODUCT_SORTS)

Shown = dict[str, Any]


@pytest.fixture(params=[0, 20_000], ids=["many match", "few match"])
def bound(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to narrow a list, whatever the number of products."""
    monkeypatch.setattr(repository, "FEW", request.param)


@pytest.fixture
def products(client: FlaskClient) -> list[Shown]:
    """Return some products, one of them deleted, as the plain list shows the others."""
    database.connect(reuse_if_open=True)
    store(Random(4), 40)
    database.execute_sql("UPDATE product SET deleted_at = 'then' WHERE id = 7")
    return walk(client, "limit=100")


def walk(client: FlaskClient, question: str) -> list[Shown]:
    """All pages of a list, and that the way back shows the same."""
    page = client.get(f"{URL}?{question}").get_json()
    assert "items" in page, page
    there, total = list(page["items"]), page["total"]
    while page["next"]:
        page = client.get(page["next"]).get_json()
        there += page["items"]
    back = list(page["items"])
    while page["prev"]:
        page = client.get(page["prev"]).get_json()
        back = page["items"] + back
    assert back == there
    assert total == len(there)
    return there


@pytest.mark.parametrize("sort", SORTS)
def test_a_sorted_list_has_every_product_in_order(
    client: FlaskClient, products: list[Shown], sort: str
) -> None:
    assert walk(client, f"sort={sort}&limit=7") == ordered(products, sort)


def amount(product: Shown, name: str = "price") -> float:
    return float(product[name]) if product[name] is not None else float("nan")


# a question -> which products are wanted
FILTERS: list[tuple[str, Any]] = [
    ("q=canvas", lambda p: "canvas" in p["title"]),
    ("q=CANVAS suede", lambda p: "canvas" in p["title"] and "suede" in p["title"]),
    ("q=slip on", lambda p: "Slip-On" in p["title"]),
    ("q=cafe", lambda p: "café" in p["title"]),
    ("q=men's", lambda p: "men's" in p["title"]),
    ("q=canva", lambda _: False),
    ("category=Shoes > Men's Shoes", lambda p: p["category"] == "Shoes > Men's Shoes"),
    ("store_name=Casual  Steps Store", lambda p: p["store_name"] == "Casual Steps Store"),
    ("store_name=casual steps store", lambda _: False),
    ("currency=JPY", lambda p: p["currency"] == "JPY"),
    ("currency=EUR", lambda _: False),
    ("currency=USD&min_price=12", lambda p: p["currency"] == "USD" and amount(p) >= 12),
    ("currency=USD&max_price=11.995", lambda p: p["currency"] == "USD" and amount(p) <= 11.995),
    ("currency=JPY&min_price=1100.5&max_price=1300",
     lambda p: p["currency"] == "JPY" and 1100.5 <= amount(p) <= 1300),
    ("currency=KWD&min_price=9999999999999999.999", lambda _: False),
    ("currency=USD&max_price=9999999999999999.999",
     lambda p: p["currency"] == "USD" and p["price"] is not None),
    ("min_rating=4.5", lambda p: (p["star_rating"] or 0) >= 4.5),
    ("min_rating=0", lambda p: p["star_rating"] is not None),
    ("min_units_sold=5", lambda p: (p["units_sold"] or 0) >= 5),
    ("min_units_sold=0", lambda p: p["units_sold"] is not None),
    ("free_shipping=true", lambda p: amount(p, "shipping_price") == 0),
    ("free_shipping=false", lambda p: amount(p, "shipping_price") > 0),
    ("seen_since=2026-11-02T00:00:00Z", lambda p: p["last_seen_at"] >= "2026-11-02"),
    ("seen_since=2026-11-02T01:00:00%2B01:00", lambda p: p["last_seen_at"] >= "2026-11-02"),
    ("seen_since=2026-11-02", lambda p: p["last_seen_at"] >= "2026-11-02"),
    ("seen_since=2026-11-02T00:00:00.000001Z", lambda _: False),
]  # fmt: skip


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize(("question", "wanted"), FILTERS, ids=[question for question, _ in FILTERS])
def test_a_filtered_list_has_the_products_that_match(
    client: FlaskClient, products: list[Shown], question: str, wanted: Any
) -> None:
    expected = [product for product in products if wanted(product)]
    assert walk(client, f"{question}&limit=9") == expected
    for sort in ("price", "-star_rating", "title"):
        found = walk(client, f"{question}&sort={sort}&limit=9")
        assert found == ordered(expected, sort), sort


@pytest.mark.usefixtures("bound")
def test_several_filters_are_all_met(client: FlaskClient, products: list[Shown]) -> None:
    """Any three of the filters above, in some order."""
    chance = Random(1)
    usable = [(question, wanted) for question, wanted in FILTERS if "%2B" not in question]
    for _ in range(60):
        parts = chance.sample(usable, 3)
        names = [name.partition("=")[0] for q, _ in parts for name in q.split("&")]
        if len(set(names)) < len(names):
            continue
        sort = chance.choice(SORTS)
        found = walk(client, f"sort={sort}&limit=12&" + "&".join(q for q, _ in parts))
        expected = [one for one in products if all(wanted(one) for _, wanted in parts)]
        assert found == ordered(expected, sort), parts


QUERY_SYNTAX = [
    'say "canvas',
    "canvas OR suede",
    "NEAR(canvas suede)",
    "canvas*",
    "title:canvas",
    "-canvas",
    "^canvas",
    "canvas AND NOT suede",
    "(",
    '""',
    "!!!",
    " ",
    "\u00a0",
    "\0",
    "canvas\0suede",
    "; DROP TABLE product",
    "'",
    "%",
    "日本語",
]


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("words", QUERY_SYNTAX)
def test_words_are_words_and_never_query_syntax(
    client: FlaskClient, products: list[Shown], words: str
) -> None:
    for sort in ({}, {"sort": "price"}):
        response = client.get(URL, query_string={"q": words} | sort)
        assert response.status_code == 200, response.get_data(as_text=True)
        only_words = {"canvas*": "canvas", "-canvas": "canvas", "^canvas": "canvas"}
        wanted = (only_words | {"canvas\0suede": "canvas suede"}).get(words)
        expected = [
            one for one in products if wanted and all(w in one["title"] for w in wanted.split())
        ]
        assert response.get_json()["total"] == len(expected)


# Drops of prices


def crawl_sees(day: int, **prices: Any) -> None:
    seen = [
        Sighting(aliexpress_id=name.removeprefix("p"), title=name, price=price)
        for name, price in prices.items()
    ]
    database.connect(reuse_if_open=True)
    record_sightings(start_crawl("category"), seen, at=BEGIN.replace(day=day))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


# prices on the days 1, 2, 3 … -> the earlier price and the drop since day 2 (a day of its own)
DROPS = [
    pytest.param([5000, 4000], ("50.00", "10.00"), id="it dropped on the day"),
    pytest.param([5000, 5000, 4500, 4000], ("50.00", "10.00"), id="it dropped twice"),
    pytest.param([5000, 4000, 4500], ("50.00", "5.00"), id="it dropped and rose a bit"),
    pytest.param([5000, 4000, 5500], None, id="it dropped and rose above"),
    pytest.param([5000, 4000, 5000], None, id="it is what it was"),
    pytest.param([5000, 6000, 5500], None, id="it rose and dropped a bit"),
    pytest.param([5000, 6000], None, id="it rose"),
    pytest.param([5000, 5000], None, id="it stayed"),
    pytest.param([None, 5000, 4000], ("50.00", "10.00"), id="it was first seen after"),
    pytest.param([4000, 4000], None, id="it dropped never"),
]


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize(("prices", "drop"), DROPS)
def test_price_dropped_since_compares_the_present_price_with_that_of_the_time(
    client: FlaskClient, prices: list[int | None], drop: tuple[str, str] | None
) -> None:
    for day, price in enumerate(prices, start=1):
        crawl_sees(day, p1=None if price is None else usd(price), p2=usd(900))
    for sort in ("", "&sort=-price"):
        found = walk(client, f"price_dropped_since=2026-11-02{sort}")
        told = [(one["id"], one["earlier_price"], one["price_drop"]) for one in found]
        assert told == ([(1, *drop)] if drop else [])


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("sort", ["title", "-title", "price", "-price", "updated_at", ""])
def test_pages_of_drops_are_full_where_most_prices_have_risen_again(
    client: FlaskClient, sort: str
) -> None:
    still_low = {3, 17, 18, 19, 39}
    risen = {f"p{number}": usd(6000) for number in range(1, 41) if number not in still_low}
    for day, price in enumerate((5000, 4000), start=1):
        crawl_sees(day, **{f"p{number}": usd(price + number) for number in range(1, 41)})
    crawl_sees(3, **risen)
    order = f"&sort={sort}" if sort else ""
    found = walk(client, f"price_dropped_since=2026-11-01&limit=2{order}")
    assert {product["id"] for product in found} == still_low
    assert found == ordered(found, sort or "price")  # prices rise with the ids


def test_a_price_of_another_currency_is_no_drop(client: FlaskClient) -> None:
    crawl_sees(1, p1=usd(5000))
    crawl_sees(2, p1=Money(4000, "EUR"))
    assert walk(client, "price_dropped_since=2026-11-01") == []
    crawl_sees(3, p1=usd(4500))
    (found,) = walk(client, "price_dropped_since=2026-11-02")
    assert (found["earlier_price"], found["price"]) == ("50.00", "45.00")


def test_a_price_that_a_person_holds_is_no_drop(client: FlaskClient) -> None:
    crawl_sees(1, p1=usd(5000))
    crawl_sees(2, p1=usd(4000))
    assert edit_product(Product.get_by_id(1), {"edited_fields": ["price"]})
    assert walk(client, "price_dropped_since=2026-11-01") == []


@pytest.mark.usefixtures("bound")
@pytest.mark.parametrize("prices", [(5000, 4000), (4000, 5000, 4500)], ids=["dropped", "risen"])
@pytest.mark.parametrize("by_hand", ["30.00", "45.50"])
def test_a_price_that_a_person_set_and_released_is_no_drop(
    client: FlaskClient, prices: tuple[int, ...], by_hand: str
) -> None:
    for day, price in enumerate(prices, start=1):
        crawl_sees(day, p1=usd(price))
    last = Product.get_by_id(1).price_minor
    assert edit_product(Product.get_by_id(1), {"price": Decimal(by_hand)})
    assert edit_product(Product.get_by_id(1), {"edited_fields": []})
    assert walk(client, "price_dropped_since=2026-11-01") == []
    crawl_sees(4, p1=usd(last))
    found = walk(client, "price_dropped_since=2026-11-01")
    told = [(one["earlier_price"], one["price"]) for one in found]
    assert told == ([("50.00", "40.00")] if prices == (5000, 4000) else [])


def test_a_plain_list_says_nothing_of_drops(client: FlaskClient, products: list[Shown]) -> None:
    assert not {"earlier_price", "price_drop"} & set(products[0])


# Pages


def test_links_keep_the_question_and_stand_in_a_header_too(
    client: FlaskClient, products: list[Shown]
) -> None:
    response = client.get(f"{URL}?sort=price&q=canvas&limit=3")
    page = response.get_json()
    assert response.headers["Link"] == f'<{page["next"]}>; rel="next"'
    second = client.get(page["next"])
    links = second.get_json()
    assert second.headers["Link"] == (
        f'<{links["next"]}>; rel="next", <{links["prev"]}>; rel="prev"'
    )


def test_a_cursor_of_another_order_is_refused(client: FlaskClient, products: list[Shown]) -> None:
    link = client.get(f"{URL}?sort=price&limit=1").get_json()["next"]
    cursor = link.partition("cursor=")[2]
    assert client.get(f"{URL}?sort=-price&currency=USD&cursor={cursor}").status_code == 200
    for other in (f"{URL}?sort=title", f"{URL}?limit=5", "/api/v1/crawls?limit=1"):
        assert client.get(f"{other}&cursor={cursor}").status_code == 400


def test_a_damaged_cursor_is_never_a_failure(client: FlaskClient, products: list[Shown]) -> None:
    link = client.get(f"{URL}?sort=title&limit=2").get_json()["next"]
    for place in range(link.index("cursor=") + 7, len(link)):
        for other in "A_%0":
            damaged = link[:place] + other + link[place + 1 :]
            assert client.get(damaged).status_code in {200, 400}


WRONG = [
    "sort=colour", "sort=", "sort=--price", "sort=id", "q=", "category=", "currency=usd",
    "currency=DOL", "min_price=5", "max_price=5", "currency=USD&min_price=-1",
    "currency=USD&min_price=abc", "currency=USD&min_price=1.2345", "currency=USD&min_price=1e3",
    "currency=USD&min_price=NaN", "currency=USD&max_price=", "min_rating=5.1", "min_rating=-1",
    "min_rating=nan", "min_rating=inf", "min_rating=1_0", "min_units_sold=1.5",
    "min_units_sold=-1", "min_units_sold=" + "9" * 400, "free_shipping=1", "free_shipping=yes",
    "free_shipping=", "seen_since=yesterday", "seen_since=2026-13-01", "seen_since=2026-02-30",
    "seen_since=2026-11-01T25:00:00Z", "seen_since=2026-11-01T00:00:00", "seen_since=1",
    "price_dropped_since=", "format=xml", "q=a&q=b", "page=2", "offset=5",
]  # fmt: skip


@pytest.mark.parametrize("question", WRONG)
def test_what_cannot_be_asked_is_a_400_that_names_the_parameter(
    client: FlaskClient, question: str
) -> None:
    response = client.get(f"{URL}?{question}")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert question.rpartition("&")[2].partition("=")[0] in response.get_json()["detail"]


def plan_of(engine: str, sql: str, params: Any) -> str:
    """Return how the database answers a query: without sorting, if it can, as in large tables."""
    if engine == "sqlite":
        rows = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
        return " ".join(row[3] for row in rows)
    with database.atomic():
        for way in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
            database.execute_sql(f"SET LOCAL {way} = off")
        rows = database.execute_sql(f"EXPLAIN {sql}", params).fetchall()
    return " ".join(row[0] for row in rows)


INDEX = {"sqlite": r"SEARCH (product AS )?t1 USING INDEX", "postgres": r"Index (Only )?Scan \w*"}
SORTED = {"sqlite": "TEMP B-TREE", "postgres": "Sort"}


@pytest.mark.parametrize("sort", SORTS)
def test_no_page_is_sorted_because_an_index_leads_to_it(
    client: FlaskClient,
    products: list[Shown],
    sort: str,
    monkeypatch: pytest.MonkeyPatch,
    engine: str,
) -> None:
    """So a page costs the same however deep it is."""
    link = client.get(f"{URL}?sort={sort}&limit=5").get_json()["next"]
    asked: list[tuple[str, Any]] = []
    execute = database.obj.execute_sql

    def remember(sql: str, params: Any = None) -> Any:
        asked.append((sql, params))
        return execute(sql, params)

    monkeypatch.setattr(database.obj, "execute_sql", remember)
    client.get(link)
    pages = [(sql, params) for sql, params in asked if "ORDER BY" in sql]
    assert pages
    monkeypatch.undo()
    for sql, params in pages:
        plan = plan_of(engine, sql, params)
        assert re.search(INDEX[engine], plan), plan
        assert SORTED[engine] not in plan


@pytest.mark.sqlite  # Postgres reads an index to its end, or the table
def test_all_products_are_counted_by_the_pages_of_an_index(
    client: FlaskClient, products: list[Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the total of a list costs nothing that grows with its rows."""
    execute = database.obj.execute_sql
    plans: list[str] = []

    def explain(sql: str, params: Any = None) -> Any:
        if "COUNT" in sql:
            plans.extend(row[3] for row in execute(f"EXPLAIN QUERY PLAN {sql}", params))
        return execute(sql, params)

    monkeypatch.setattr(database.obj, "execute_sql", explain)
    assert client.get(URL).get_json()["total"] == len(products)
    reads = [plan for plan in plans if "product" in plan]
    assert [("product_deleted" in plan, "SCAN" in plan) for plan in reads] == [
        (True, True),
        (True, False),
    ], plans
