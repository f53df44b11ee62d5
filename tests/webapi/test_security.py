"""What a browser, a forged request or a curious stranger gets."""

import logging
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import API_KEY
from tests.webapi.server import Service, serving
from webapi import create_app
from webapi.keys import WRONG_KEYS

pytestmark = pytest.mark.sqlite  # headers and hosts, whatever the database is

URL = "/api/v1/products"
KEY = {"X-API-Key": API_KEY}
EVERYWHERE = [URL, "/api/v1/", "/nothing", "/health/live", "/feeds/price-drops.atom"]


# Names


@pytest.mark.parametrize("url", EVERYWHERE)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "a b"]
)
def test_a_forged_host_is_refused(client: FlaskClient, url: str, host: str) -> None:
    response = client.get(url, headers={"Host": host})
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert "ALISCRAPE_TRUSTED_HOSTS" in response.get_json()["detail"]
    assert host not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "LocalHost:5000", "127.0.0.1:80", "shoes.example", "SHOES.example",
     "other.example:80", "münchen.example".encode("idna").decode()],
)  # fmt: skip
def test_our_own_names_are_answered_in_any_case(database_url: str, host: str) -> None:
    names = "a, Shoes.Example,OTHER.EXAMPLE , München.example"
    app = create_app({"DATABASE_URL": database_url, "ALISCRAPE_TRUSTED_HOSTS": names})
    assert app.test_client().get(URL, headers={"Host": host}).status_code == 200
    assert app.test_client().get(URL, headers={"Host": "evil.example"}).status_code == 400


# Headers


@pytest.mark.parametrize("url", EVERYWHERE)
def test_every_answer_tells_browsers_to_be_careful(client: FlaskClient, url: str) -> None:
    headers = client.get(url).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_only_the_inline_script_that_swagger_s_page_has_may_run(client: FlaskClient) -> None:
    policy = client.get("/api/v1/").headers["Content-Security-Policy"]
    assert re.search(r"script-src 'self' 'sha256-[\w+/]{43}='", policy)


@pytest.mark.parametrize(
    "origins", ["https://mine.example", "https://a.example/, https://Mine.Example/"]
)
def test_other_sites_may_read_only_where_their_owner_is_named(
    database_url: str, origins: str
) -> None:
    settings = {"DATABASE_URL": database_url, "ALISCRAPE_CORS_ORIGINS": origins}
    client = create_app(settings).test_client()
    mine = client.get(URL, headers={"Origin": "https://mine.example"})
    assert mine.headers["Access-Control-Allow-Origin"] == "https://mine.example"
    other = client.get(URL, headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    asked = {"Origin": "https://mine.example", "Access-Control-Request-Method": "PATCH"}
    preflight = client.options(f"{URL}/1", headers=asked)
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", ["https://mine.example", "null"])
def test_without_a_setting_no_other_site_may_read(client: FlaskClient, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    for response in (client.get(URL, headers=asked), client.options(URL, headers=asked)):
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]


# Keys


def test_who_guesses_keys_is_slowed_down_and_the_right_key_is_always_accepted(
    client: FlaskClient,
) -> None:
    """Behind a proxy, those who guess and those who know the key have one address."""
    guess = {"X-API-Key": "guess"}
    for _ in range(WRONG_KEYS.amount):
        assert client.post(URL, json={"title": "X"}, headers=guess).status_code == 401
    for _ in range(3):
        slowed = client.post(URL, json={"title": "X"}, headers=guess)
        assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "60")
        assert slowed.content_type == "application/problem+json"
        assert client.post(URL, json={"title": "X"}, headers=KEY).status_code == 201
    elsewhere = {"REMOTE_ADDR": "127.0.0.2"}
    other = client.post(URL, json={"title": "X"}, headers=guess, environ_base=elsewhere)
    assert other.status_code == 401
    assert client.get(URL).get_json()["total"] == 3


def test_who_forgets_the_key_is_not_slowed_down(client: FlaskClient) -> None:
    for _ in range(WRONG_KEYS.amount * 2):
        assert client.post(URL, json={"title": "X"}).status_code == 401
    assert client.post(URL, json={"title": "X"}, headers=KEY).status_code == 201


def test_a_key_of_any_script_is_compared_as_bytes(database_url: str) -> None:
    app = create_app({"DATABASE_URL": database_url, "ALISCRAPE_API_KEY": "ключ-鍵"})
    sent = "ключ-鍵".encode().decode("latin-1")  # as WSGI gives the bytes of a header
    response = app.test_client().post(URL, json={"title": "X"}, headers={"X-API-Key": sent})
    assert response.status_code == 201


@pytest.mark.parametrize("name", ["key", "api_key", "X-API-Key"])
def test_a_key_in_an_address_opens_nothing(client: FlaskClient, name: str) -> None:
    response = client.post(URL, query_string={name: API_KEY}, json={"title": "X"})
    assert response.status_code == 401
    assert API_KEY not in response.get_data(as_text=True)
    response = client.get(URL, query_string={name: API_KEY})
    assert response.status_code == 400
    assert API_KEY not in response.get_data(as_text=True)


def test_no_key_is_in_a_log(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path) as url:
        for header in (f"X-API-Key: {API_KEY}", "X-API-Key: secret-guess"):
            subprocess.run(
                ["curl", "-s", f"{url}{URL}?key=secret-in-address", "-H", header, "-X", "POST"],
                check=True, capture_output=True,
            )  # fmt: skip
    log = (tmp_path / "server.log").read_text()
    assert f'"POST {URL}" 4' in log
    assert API_KEY not in log
    assert "secret" not in log


# Bodies


def test_a_large_body_is_refused_before_it_is_read(service: Service) -> None:
    """The answer comes although nothing of the body has been sent yet."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(
            f"POST {URL} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {API_KEY}\r\n"
            "Content-Type: application/json\r\nContent-Length: 60000000\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_large_body_of_unsaid_length_is_refused_too(service: Service) -> None:
    done = subprocess.run(
        ["curl", "-s", "-o", "-", "-w", "%{http_code}", f"{service}{URL}", "-H",
         f"X-API-Key: {API_KEY}", "-H", "Content-Type: application/json", "-H",
         "Transfer-Encoding: chunked", "--data-binary", "@-"],
        input=b'{"title": "' + b"x" * 1_000_000 + b'"}', check=False, capture_output=True,
    )  # fmt: skip
    assert done.stdout.endswith(b"413")


@pytest.mark.parametrize("field", ["title", "url", "store_name", "aliexpress_id", "currency"])
@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "\\udfff\\ud800"])
def test_texts_that_no_database_can_keep_are_refused(
    client: FlaskClient, field: str, text: str
) -> None:
    body = f'{{"title": "Shoe", "{field}": "{text}"}}'.replace(
        '"title": "Shoe", "title"', '"title"'
    )
    response = client.post(URL, data=body, content_type="application/json", headers=KEY)
    assert response.status_code == 400
    assert client.get(URL).get_json()["total"] == 0


@pytest.mark.parametrize("field", ["price", "star_rating", "units_sold"])
@pytest.mark.parametrize(
    "number", ["1e999999999", "1e-999999999", "-1e999999999", "9" * 4000, "1" + "0" * 60000]
)
def test_numbers_beyond_reason_are_answered_at_once(
    client: FlaskClient, field: str, number: str
) -> None:
    body = f'{{"title": "Shoe", "currency": "USD", "{field}": {number}}}'
    response = client.post(URL, data=body, content_type="application/json", headers=KEY)
    assert response.status_code in {400, 201 if field == "star_rating" and "e-" in number else 400}


HUGE_EXPONENTS = ["1e99999999999999999999", "-1E+99999999999999999999", "1e-99999999999999999999"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    "field", ["price", "list_price", "star_rating", "units_sold", "id", "last_crawl_id", "title"]
)
@pytest.mark.parametrize("number", HUGE_EXPONENTS)
def test_numbers_that_no_decimal_can_hold_are_refused(
    client: FlaskClient, method: str, field: str, number: str
) -> None:
    client.post(URL, json={"title": "Shoe"}, headers=KEY)
    url = URL if method == "POST" else f"{URL}/1"
    body = f'{{"title": "Shoe", "currency": "USD", "{field}": {number}}}'
    response = client.open(
        url, method=method, data=body, content_type="application/json", headers=KEY
    )
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert client.get(URL).get_json()["total"] == 1


@pytest.mark.parametrize("number", [*HUGE_EXPONENTS, "NaN", "Infinity", "1e400", "1e999"])
@pytest.mark.parametrize(
    "name", ["limit", "min_price", "max_price", "min_rating", "min_units_sold", "cursor"]
)
def test_such_numbers_in_a_query_are_refused(client: FlaskClient, name: str, number: str) -> None:
    response = client.get(URL, query_string={name: number, "currency": "USD"})
    assert response.status_code == 400


@pytest.mark.parametrize("number", [*HUGE_EXPONENTS, "NaN", "sNaN", "-Infinity", "1e400"])
@pytest.mark.parametrize("field", ["price", "star_rating", "units_sold"])
def test_such_numbers_in_the_form_are_refused(client: FlaskClient, field: str, number: str) -> None:
    client.post(URL, json={"title": "Shoe", "currency": "USD"}, headers=KEY)
    response = client.post("/products/1", data={"api_key": API_KEY, field: number})
    assert response.status_code == 400


# Debugging


@pytest.mark.parametrize("variable", ["1", "true"])
def test_the_debugger_is_never_on(
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    variable: str,
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", variable)
    with caplog.at_level(logging.WARNING):
        app = create_app({"DATABASE_URL": database_url})
    assert not app.debug
    assert "FLASK_DEBUG" not in os.environ
    assert "FLASK_DEBUG" in caplog.text


def test_an_error_tells_a_stranger_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapi.resources.products.represent_product", lambda _: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = app.test_client().post(URL, json={"title": "X"}, headers=KEY)
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert "division" not in response.get_data(as_text=True)
    assert API_KEY not in response.get_data(as_text=True)


@pytest.mark.parametrize(("host", "warned"), [("127.0.0.1", False), ("0.0.0.0", True)])  # noqa: S104  # the point
def test_listening_beyond_this_machine_is_said_at_the_start(
    database_url: str, tmp_path: Path, host: str, *, warned: bool
) -> None:
    with serving(database_url, tmp_path, host):
        pass
    assert ("beyond this machine" in (tmp_path / "server.log").read_text()) == warned
