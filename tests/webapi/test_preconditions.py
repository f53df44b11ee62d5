"""Entity tags: nobody loads what they have, and nobody writes over what they have not seen."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from db.catalog import record_product_page, record_sightings
from db.crawls import start_crawl
from db.curation import create_product, edit_product
from db.database import close_database, database, drop_pooled_connections
from db.models import Product
from db.sightings import PageFacts, Sighting
from tests.conftest import API_KEY
from webapi.repositories import products

URL = "/api/v1/products/1"
KEY = {"X-API-Key": API_KEY}


@pytest.fixture(autouse=True)
def product(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    record_sightings(start_crawl("category"), [Sighting(aliexpress_id="1", title="Shoe")])


def tag(client: FlaskClient) -> str:
    return client.get(URL).headers["ETag"]


def write(client: FlaskClient, method: str, **headers: str) -> Any:
    body = None if method == "DELETE" else {"title": "New"}
    return client.open(URL, method=method, json=body, headers=KEY | headers)


def test_the_tag_is_strong_and_stays_while_the_product_does(client: FlaskClient) -> None:
    assert tag(client).startswith('"')
    assert tag(client) == tag(client)
    assert client.patch(URL, json={"title": "Shoe"}, headers=KEY).headers["ETag"] == tag(client)


def test_every_change_gives_another_tag(client: FlaskClient) -> None:
    seen = {tag(client)}
    seen.add(client.patch(URL, json={"title": "A"}, headers=KEY).headers["ETag"])
    seen.add(client.patch(URL, json={"edited_fields": []}, headers=KEY).headers["ETag"])
    record_sightings(start_crawl("category"), [Sighting(aliexpress_id="1", title="A")])
    seen.add(tag(client))
    assert len(seen) == 4


def test_a_product_of_another_database_has_another_tag(client: FlaskClient) -> None:
    create_product({"title": "Shoe"})
    assert client.get("/api/v1/products/2").headers["ETag"] != tag(client)


def test_what_is_known_is_not_sent_again(client: FlaskClient) -> None:
    known = tag(client)
    for header in (known, f'"other", {known}', f"W/{known}", "*"):
        response = client.get(URL, headers={"If-None-Match": header})
        assert (response.status_code, response.get_data()) == (304, b"")
        assert response.headers["ETag"] == known
    client.patch(URL, json={"title": "New"}, headers=KEY)
    assert client.get(URL, headers={"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_that_names_the_present_tag_is_done(client: FlaskClient, method: str) -> None:
    assert write(client, method, **{"If-Match": tag(client)}).status_code in {200, 204}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_star_matches_any_product_that_is_there(client: FlaskClient, method: str) -> None:
    assert write(client, method, **{"If-Match": "*"}).status_code in {200, 204}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["old", "weak", "other"])
def test_a_write_that_names_another_tag_changes_nothing(
    client: FlaskClient, method: str, kind: str
) -> None:
    old = tag(client)
    client.patch(URL, json={"title": "Meanwhile"}, headers=KEY)
    named = {"old": old, "weak": f"W/{tag(client)}", "other": '"1-0", "1,0"'}[kind]
    before = client.get(URL).get_json()
    response = write(client, method, **{"If-Match": named})
    assert (response.status_code, response.content_type) == (412, "application/problem+json")
    assert "Fetch it" in response.get_json()["detail"]
    assert client.get(URL).get_json() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "header", ["", " ", ",", "abc", '"2-abc', '"1-0" "2-0"', '"1-0",', "*, *", 'w/"1"']
)
def test_a_malformed_if_match_is_a_400_and_writes_nothing(
    client: FlaskClient, method: str, header: str
) -> None:
    before = client.get(URL)
    response = write(client, method, **{"If-Match": header})
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert "If-Match" in response.get_json()["detail"]
    after = client.get(URL)
    assert (after.get_json(), after.headers["ETag"]) == (before.get_json(), before.headers["ETag"])


def test_one_of_several_tags_is_enough(client: FlaskClient) -> None:
    header = f'"1-0", {tag(client)} ,W/"x"'
    assert write(client, "PATCH", **{"If-Match": header}).status_code == 200


@pytest.mark.sqlite  # a backup of Postgres has tests of its own
def test_a_restored_backup_does_not_repeat_a_tag(app: Flask, client: FlaskClient) -> None:
    path = Path(app.config["DATABASE_URL"].removeprefix("sqlite:///"))
    backup = path.with_name("backup.db")
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(backup)) as copy:
        connection.backup(copy)
    lost = client.patch(URL, json={"title": "Lost"}, headers=KEY).headers["ETag"]
    close_database()
    drop_pooled_connections()
    with closing(sqlite3.connect(path)) as connection, closing(sqlite3.connect(backup)) as copy:
        copy.backup(connection)
    assert client.get(URL).get_json()["title"] == "Shoe"
    assert client.patch(URL, json={"title": "Found"}, headers=KEY).headers["ETag"] != lost


def test_a_product_page_that_says_nothing_new_keeps_the_tag(client: FlaskClient) -> None:
    before = tag(client)
    record_product_page("1", PageFacts())
    assert tag(client) == before


@pytest.mark.parametrize(
    ("if_match", "status", "title"), [(False, 200, "Mine"), (True, 412, "Shoe")]
)
def test_an_edit_that_another_one_overtakes_is_repeated_unless_it_has_if_match(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    *,
    if_match: bool,
    status: int,
    title: str,
) -> None:
    """The other one is between the read and the update."""
    read = products.get
    overtaken: list[int] = []

    def read_and_be_overtaken(product_id: int) -> Product | None:
        product = read(product_id)
        if not overtaken:
            overtaken.append(product_id)
            assert edit_product(Product.get_by_id(product_id), {"store_name": "Theirs"})
        return product

    headers = KEY | ({"If-Match": tag(client)} if if_match else {})
    monkeypatch.setattr(products, "get", read_and_be_overtaken)
    response = client.patch(URL, json={"title": "Mine"}, headers=headers)
    assert response.status_code == status
    product = Product.get_by_id(1)
    assert (product.title, product.store_name) == (title, "Theirs")


def test_changes_of_two_fields_by_two_writers_both_stand(client: FlaskClient) -> None:
    client.patch(URL, json={"title": "Mine"}, headers=KEY)
    client.patch(URL, json={"store_name": "Theirs"}, headers=KEY)
    after = client.get(URL).get_json()
    assert (after["title"], after["store_name"]) == ("Mine", "Theirs")
