"""Errors as pages for browsers, and the policy that every page comes with."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import API_KEY
from tests.webapi.html.catalog import crawl, page, read, shoe, text
from webapi import create_app

pytestmark = pytest.mark.sqlite  # error pages and headers, whatever the database is

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ("/", "/products/1", "/crawls", "/products/99", "/?limit=x")


@pytest.mark.parametrize("url", ["/nothing", "/products", "/products/abc", "/products/1/x"])
def test_an_unknown_address_is_a_page_for_browsers_and_a_problem_for_programs(
    client: FlaskClient, url: str
) -> None:
    response = client.get(url, headers=BROWSER)
    assert response.status_code == 404
    assert text(read(response), "h1") == "This page does not exist"
    for accept in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        problem = client.get(url, headers=accept)
        assert (problem.status_code, problem.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "url", ["/api/v1/nothing", "/api/v1/products/99", "/feeds/x", "/health/x", "/api/nothing"]
)
def test_addresses_for_programs_keep_their_problems(client: FlaskClient, url: str) -> None:
    response = client.get(url, headers=BROWSER)
    assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_a_failure_is_a_page_without_internals(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapi.resources.html.products.search_form", lambda *_: 1 / 0)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = app.test_client().get("/")
    assert response.status_code == 500
    assert "division" not in response.get_data(as_text=True)
    assert read(response).css("main a")


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.put("/crawls", headers=BROWSER)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_a_policy_without_anything_inline_and_nothing_inline(
    client: FlaskClient, url: str
) -> None:
    crawl(1, shoe(1))
    response = client.get(url)
    policy = response.headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
        "https://*.alicdn.com https://*.aliexpress-media.com https://*.aliexpress.com; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    html = response.get_data(as_text=True)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)|\son\w+=|javascript:", html)
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_site_on_this_machine_may_show_its_pictures(database_url: str) -> None:
    settings = {"DATABASE_URL": database_url, "SITE_URL": "http://127.0.0.1:5050"}
    client = create_app(settings).test_client()
    crawl(1, shoe(1, image_url="http://127.0.0.1:5050/kf/shoe.svg"))
    response = client.get("/")
    assert "http://127.0.0.1:5050;" in response.headers["Content-Security-Policy"]
    assert read(response).css("article img::attr(src)").get() == "http://127.0.0.1:5050/kf/shoe.svg"


def test_a_picture_from_elsewhere_is_a_link(client: FlaskClient) -> None:
    body = {"title": "Mine", "image_url": "https://tracker.example/p.gif"}
    client.post("/api/v1/products", json=body, headers={"X-API-Key": API_KEY})
    for url in ("/", "/products/1"):
        shown = page(client, url)
        assert shown.css("img") == []
        link = shown.css(".picture a")
        assert link.attrib["href"] == "https://tracker.example/p.gif"
        assert "noreferrer" in link.attrib["rel"]


def test_files_of_ours_may_be_kept_because_their_addresses_change_with_them(
    client: FlaskClient,
) -> None:
    shown = page(client, "/")
    for address in (
        shown.css("link[rel=stylesheet]::attr(href)").get(""),
        shown.css("script::attr(src)").get(""),
        shown.css("link[rel=icon]::attr(href)").get(""),
    ):
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        with client.get(address) as response:  # closes the file
            assert response.status_code == 200
            assert "max-age=31536000" in response.headers["Cache-Control"]
