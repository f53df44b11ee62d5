"""The service under a path prefix that its operator has set: it is in every link."""

import json
import re
import shutil
import subprocess
import urllib.request
from html import unescape
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from db.database import close_database, open_database
from tests.conftest import API_KEY
from tests.crawls import ROOT, environment
from tests.webapi.catalogues import store
from tests.webapi.server import Service, serving
from webapi import create_app
from webapi.errors import InvalidSetting

pytestmark = pytest.mark.sqlite  # addresses, whatever the database is

ANYWHERE = {"X-Forwarded-Prefix": "/evil", "Script-Name": "/evil", "X-Script-Name": "/evil",
            "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example",
            "X-Forwarded-Proto": "gopher"}  # fmt: skip


@pytest.fixture(params=["", "/a/shoes"], ids=["no prefix", "a prefix"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "products.db"
    open_database(f"sqlite:///{path}")
    store(Random(1), 30)
    close_database()
    return path


@pytest.fixture
def app(database_url: str, prefix: str, catalog: Path) -> Flask:
    shutil.copy(catalog, database_url.removeprefix("sqlite:///"))
    return create_app(
        {"DATABASE_URL": database_url, "SCRIPT_NAME": prefix, "ALISCRAPE_API_KEY": API_KEY}
    )


def test_the_links_of_a_list_have_the_prefix(client: FlaskClient, prefix: str) -> None:
    first = client.get(f"{prefix}/api/v1/products", headers=ANYWHERE)
    link = first.get_json()["next"]
    assert link.startswith(f"{prefix}/api/v1/products?")
    assert first.headers["Link"] == f'<{link}>; rel="next"'
    second = client.get(link).get_json()
    assert second["items"]
    assert client.get(second["prev"]).get_json()["items"] == first.get_json()["items"]


def test_a_created_product_is_where_its_location_says(client: FlaskClient, prefix: str) -> None:
    response = client.post(
        f"{prefix}/api/v1/products", json={"title": "X"}, headers=ANYWHERE | {"X-API-Key": API_KEY}
    )
    assert response.headers["Location"].startswith(f"{prefix}/api/v1/products/")
    assert client.get(response.headers["Location"]).get_json()["title"] == "X"


def test_the_feed_links_to_pages_under_the_prefix(client: FlaskClient, prefix: str) -> None:
    response = client.get(f"{prefix}/feeds/price-drops.atom", headers=ANYWHERE)
    feed = ET.fromstring(response.data)  # noqa: S314  # it is our own
    links = [element.get("href", "") for element in feed.iter()]
    here = [link for link in links if link.startswith("http://localhost")]
    assert f"http://localhost{prefix}/feeds/price-drops.atom" in here
    assert all(link.startswith(f"http://localhost{prefix}/") for link in here)
    assert "evil" not in response.get_data(as_text=True)


def test_the_specification_and_its_page_have_the_prefix(client: FlaskClient, prefix: str) -> None:
    specification = client.get(f"{prefix}/api/v1/swagger.json", headers=ANYWHERE).get_json()
    assert specification["basePath"] == f"{prefix}/api/v1"
    page = client.get(f"{prefix}/api/v1/").get_data(as_text=True)
    assert_links_work(client, page, prefix)


@pytest.mark.parametrize("path", ["/", "/products/1", "/crawls", "/nowhere"])
def test_the_links_of_pages_have_the_prefix(client: FlaskClient, prefix: str, path: str) -> None:
    response = client.get(f"{prefix}{path}", headers=ANYWHERE | {"Accept": "text/html"})
    assert_links_work(client, response.get_data(as_text=True), prefix)


def assert_links_work(client: FlaskClient, page: str, prefix: str) -> None:
    links = re.findall(r'(?:href|src|action|url)(?:=|: )"(/[^"]*)"', page)
    assert links
    for link in links:
        assert link.startswith(f"{prefix}/"), link
        with client.get(unescape(link).partition("#")[0]) as response:
            assert response.status_code < 400, link


def test_a_redirect_stays_under_the_prefix(client: FlaskClient, prefix: str) -> None:
    response = client.get(f"{prefix}/api/v1", headers=ANYWHERE)
    assert response.status_code == 308
    assert response.headers["Location"] == f"{prefix}/api/v1/"


def test_nothing_is_outside_of_the_prefix(client: FlaskClient, prefix: str) -> None:
    if not prefix:
        return
    for path in ("/", "/api/v1/products", f"{prefix}x/api/v1/products", "/health/live"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.content_type == "application/problem+json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(prefix).status_code == 200
    assert client.get(f"{prefix}/health/live").status_code == 200


@pytest.mark.parametrize(
    ("text", "path"), [("/", "/"), ("shoes", "/shoes/"), ("/shoes/", "/shoes/")]
)
def test_slashes_around_a_prefix_do_not_matter(database_url: str, text: str, path: str) -> None:
    client = create_app({"DATABASE_URL": database_url, "SCRIPT_NAME": text}).test_client()
    link = client.get(f"{path}api/v1/swagger.json").get_json()["basePath"]
    assert link == f"{path}api/v1"


@pytest.mark.parametrize("text", ["/a b", "/ü", "/a//b", "/..", "/a?b", "https://shoes.example/"])
def test_what_is_no_path_is_refused_at_the_start(database_url: str, text: str) -> None:
    with pytest.raises(InvalidSetting, match="SCRIPT_NAME"):
        create_app({"DATABASE_URL": database_url, "SCRIPT_NAME": text})


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [({}, "127.0.0.1 5000"), ({"SCRIPT_NAME": "/shoes"}, "127.0.0.1 5000 /shoes")],
    ids=["without", "with"],
)
def test_the_command_of_make_api_carries_the_prefix(
    variables: dict[str, str], arguments: str
) -> None:
    printed = subprocess.run(
        ["make", "-n", "--no-print-directory", "api"], cwd=ROOT, env=environment(**variables),
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert printed.splitlines()[-1] == f".venv/bin/python -m webapi.serve {arguments}"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "X-Forwarded-Prefix"])
def test_the_server_ignores_a_prefix_that_a_client_sends(service: Service, name: str) -> None:
    url = f"{service}/api/v1/swagger.json"
    request = urllib.request.Request(url, headers={name: "//evil.example"})
    with urllib.request.urlopen(request, timeout=30) as response:
        assert json.load(response)["basePath"] == "/api/v1"


def test_the_server_serves_under_the_prefix_of_its_operator(
    database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, prefix="/shoes") as service:
        with urllib.request.urlopen(f"{service}/api/v1/swagger.json", timeout=30) as response:
            assert json.load(response)["basePath"] == "/shoes/api/v1"
        assert service.endswith("/shoes")
