"""Every route with every kind of key and body: one table of what is answered."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import database
from db.sightings import Sighting
from tests.conftest import API_KEY

PRODUCTS = "/api/v1/products"
KEYS = {"no key": {}, "wrong key": {"X-API-Key": "wrong"}, "good key": {"X-API-Key": API_KEY}}
BODIES: dict[str, dict[str, Any]] = {
    "good body": {"json": {"title": "New"}},
    "bad body": {"json": {"title": ""}},
    "no JSON": {"data": "title=New", "content_type": "text/plain"},
}
READ = {"no key": 200, "wrong key": 200, "good key": 200}

# route -> its answer to each key, with the good key to each body; reading takes no heed of either
ANSWERS: dict[str, dict[str, Any]] = {
    f"GET {PRODUCTS}": READ,
    f"GET {PRODUCTS}/1": READ,
    f"GET {PRODUCTS}/1/history": READ,
    "GET /api/v1/crawls": READ,
    "GET /api/v1/crawls/1": READ,
    "GET /api/v1/swagger.json": READ,
    "GET /api/v1/": READ,
    "GET /feeds/price-drops.atom": READ,
    "GET /health/live": READ,
    "GET /health/ready": READ,
    "GET /metrics": READ,
    f"POST {PRODUCTS}": {
        "no key": 401, "wrong key": 401,
        "good key": {"good body": 201, "bad body": 400, "no JSON": 415},
    },
    f"PUT {PRODUCTS}/1": {
        "no key": 401, "wrong key": 401,
        "good key": {"good body": 200, "bad body": 400, "no JSON": 415},
    },
    f"PATCH {PRODUCTS}/1": {
        "no key": 401, "wrong key": 401,
        "good key": {"good body": 200, "bad body": 400, "no JSON": 415},
    },
    f"PUT {PRODUCTS}/9": {
        "no key": 401, "wrong key": 401,
        "good key": {"good body": 404, "bad body": 400, "no JSON": 415},
    },
    f"PATCH {PRODUCTS}/9": {
        "no key": 401, "wrong key": 401,
        "good key": {"good body": 404, "bad body": 400, "no JSON": 415},
    },
    f"DELETE {PRODUCTS}/1": {"no key": 401, "wrong key": 401, "good key": 204},
    f"DELETE {PRODUCTS}/9": {"no key": 401, "wrong key": 401, "good key": 404},
    f"DELETE {PRODUCTS}": {"no key": 405, "wrong key": 405, "good key": 405},
    f"POST {PRODUCTS}/1": {"no key": 405, "wrong key": 405, "good key": 405},
    "POST /api/v1/crawls": {"no key": 405, "wrong key": 405, "good key": 405},
    "POST /nothing": {"no key": 404, "wrong key": 404, "good key": 404},
}  # fmt: skip
CASES = [
    pytest.param(route, key, body, id=f"{route}, {key}, {body}")
    for route in ANSWERS
    for key in KEYS
    for body in BODIES
]


@pytest.mark.parametrize(("route", "key", "body"), CASES)
def test_each_route_answers_each_key_and_body_as_documented(
    client: FlaskClient, route: str, key: str, body: str
) -> None:
    database.connect(reuse_if_open=True)
    record_sightings(start_crawl("category"), [Sighting(aliexpress_id="1", title="Shoe")])
    method, _, url = route.partition(" ")
    answer = ANSWERS[route][key]
    expected = answer[body] if isinstance(answer, dict) else answer
    before = client.get(f"{PRODUCTS}/1").get_json()
    response = client.open(url, method=method, headers=KEYS[key], **BODIES[body])
    assert response.status_code == expected
    if expected >= 400:
        assert response.content_type == "application/problem+json"
        assert response.get_json()["status"] == expected
        assert client.get(f"{PRODUCTS}/1").get_json() == before
        assert client.get(PRODUCTS).get_json()["total"] == 1


def test_the_table_has_every_route_and_verb(app: Flask) -> None:
    listed = {route.replace("/9", "/1") for route in ANSWERS}
    for rule in app.url_map.iter_rules():
        url = rule.rule
        for argument in rule.arguments:
            url = url.replace(f"<int(max=9223372036854775807):{argument}>", "1")
        if url.startswith(("/static", "/swaggerui")) or url == "/api/v1":
            continue
        if rule.endpoint.startswith("pages."):
            continue  # answers with HTML: see html/
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert f"{method} {url}" in listed
