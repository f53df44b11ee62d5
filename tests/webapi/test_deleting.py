"""DELETE: a product is gone, crawls leave it out, and it can be brought back."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from db.catalog import Recorded, record_sightings
from db.crawls import start_crawl
from db.database import database
from db.models import Product
from db.sightings import Sighting
from tests.conftest import API_KEY

URL = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}
SHOE = Sighting(aliexpress_id="1005", title="Canvas shoe", store_name="Casual Steps Store")


def crawl_sees(shoe: Sighting = SHOE) -> list[Recorded]:
    database.connect(reuse_if_open=True)
    return record_sightings(start_crawl("category"), [shoe])


@pytest.fixture(autouse=True)
def product(client: FlaskClient) -> Any:
    crawl_sees()
    return client.get(f"{URL}/1").get_json()


def test_a_deleted_product_is_gone_from_every_route(client: FlaskClient) -> None:
    response = client.delete(f"{URL}/1", headers=KEY)
    assert (response.status_code, response.get_data()) == (204, b"")
    assert client.get(URL).get_json()["total"] == 0
    assert client.get(f"{URL}?q=canvas").get_json()["total"] == 0
    for url in (f"{URL}/1", f"{URL}/1/history"):
        assert client.get(url).status_code == 404
    assert client.delete(f"{URL}/1", headers=KEY).status_code == 404
    assert client.patch(f"{URL}/1", json={"title": "X"}, headers=KEY).status_code == 404


def test_later_crawls_leave_it_out(client: FlaskClient) -> None:
    client.delete(f"{URL}/1", headers=KEY)
    assert crawl_sees() == [Recorded.IGNORED]
    assert client.get(URL).get_json()["total"] == 0


def test_adding_its_id_brings_it_back_with_its_history(
    client: FlaskClient, product: dict[str, Any]
) -> None:
    tag = client.get(f"{URL}/1").headers["ETag"]
    client.delete(f"{URL}/1", headers=KEY)
    sent = {"title": "Back", "aliexpress_id": "1005"}
    response = client.post(URL, json=sent, headers=KEY)
    assert (response.status_code, response.get_json()["id"]) == (201, 1)
    assert response.headers["ETag"] not in {tag, None}
    assert len(client.get(f"{URL}/1/history").get_json()["items"]) == 1
    assert crawl_sees() == [Recorded.CHANGED]  # it is followed again; the title is held


@pytest.mark.parametrize("key", [None, "wrong"])
def test_without_a_key_nothing_is_deleted(client: FlaskClient, key: str | None) -> None:
    response = client.delete(f"{URL}/1", headers={"X-API-Key": key} if key else {})
    assert response.status_code == 401
    assert client.get(f"{URL}/1").status_code == 200
    assert Product.get_by_id(1).deleted_at is None
