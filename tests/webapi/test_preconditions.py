"""Entity tags: nobody loads what they have, and nobody writes over what they have not seen."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.curation import create_product
from db.database import database
from db.sightings import Sighting
from tests.conftest import API_KEY

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
@pytest.mark.parametrize("kind", ["old", "weak", "other", "nonsense"])
def test_a_write_that_names_another_tag_changes_nothing(
    client: FlaskClient, method: str, kind: str
) -> None:
    old = tag(client)
    client.patch(URL, json={"title": "Meanwhile"}, headers=KEY)
    named = {"old": old, "weak": f"W/{tag(client)}", "other": '"1-0"', "nonsense": "abc"}[kind]
    before = client.get(URL).get_json()
    response = write(client, method, **{"If-Match": named})
    assert (response.status_code, response.content_type) == (412, "application/problem+json")
    assert "Fetch it" in response.get_json()["detail"]
    assert client.get(URL).get_json() == before


def test_what_was_fetched_before_another_s_change_cannot_be_sent_back(client: FlaskClient) -> None:
    """Without If-Match too: the instant of the last change is part of what was fetched."""
    mine = client.get(URL).get_json()
    client.patch(URL, json={"store_name": "Theirs"}, headers=KEY)
    response = client.put(URL, json=mine | {"title": "Mine"}, headers=KEY)
    assert (response.status_code, client.get(URL).get_json()["title"]) == (400, "Shoe")
    assert client.get(URL).get_json()["store_name"] == "Theirs"


def test_changes_of_two_fields_by_two_writers_both_stand(client: FlaskClient) -> None:
    client.patch(URL, json={"title": "Mine"}, headers=KEY)
    client.patch(URL, json={"store_name": "Theirs"}, headers=KEY)
    after = client.get(URL).get_json()
    assert (after["title"], after["store_name"]) == ("Mine", "Theirs")
