"""What Prometheus is told."""

import http.client
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient

from db.crawls import finish_crawl, start_crawl
from db.database import database
from tests.webapi.server import serving
from webapi.resources import metrics


def value(text: str, name: str, **labels: str) -> float:
    """Return the number of a metric, which has these labels in any order."""
    found = [
        float(line.rsplit(" ", 1)[1])
        for line in text.splitlines()
        if re.match(rf"{name}[ {{]", line)
        and all(f'{label}="{word}"' in line for label, word in labels.items())
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def scrape(client: FlaskClient) -> str:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=0.0.4")
    return response.get_data(as_text=True)


def test_requests_are_counted_by_route_not_by_address(client: FlaskClient) -> None:
    rules = client.application.url_map.iter_rules("api.product")
    labels = {"method": "GET", "route": next(rules).rule}
    client.get("/api/v1/products/1")
    before = value(scrape(client), "aliscrape_requests_total", status="404", **labels)
    client.get("/api/v1/products/2")
    client.get("/api/v1/products/3")
    assert value(scrape(client), "aliscrape_requests_total", status="404", **labels) == before + 2


def test_invented_methods_and_addresses_make_no_new_series(client: FlaskClient) -> None:
    for path in ("/a", "/b"):
        client.open(path, method="BREW")
    lines = [
        line for line in scrape(client).splitlines() if 'requests_total{method="other"' in line
    ]
    assert [re.sub(r" [\d.]+$", "", line) for line in lines] == [
        'aliscrape_requests_total{method="other",route="unknown",status="404"}'
    ]


def test_crawls_are_counted_by_outcome(client: FlaskClient) -> None:
    database.connect(reuse_if_open=True)
    for outcome in ("done", "done", "blocked"):
        finish_crawl(start_crawl("category"), {"outcome": outcome})
    start_crawl("category")
    text = scrape(client)
    assert value(text, "aliscrape_crawls_total", outcome="done") == 2
    assert value(text, "aliscrape_crawls_total", outcome="blocked") == 1
    assert text.count("aliscrape_crawls_total{") == 2


def test_without_a_queue_there_is_no_metric_of_jobs(client: FlaskClient) -> None:
    assert "job" not in scrape(client)


def test_without_the_package_it_says_how_to_install_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        metrics, "find_spec", lambda name: None if "prometheus" in name else find_spec(name)
    )
    response = client.get("/metrics")
    assert response.status_code == 501
    assert "sh install.sh requirements-workers.txt" in response.get_data(as_text=True)


@pytest.mark.sqlite  # workers of the server, whatever the database is
def test_the_workers_of_a_service_add_up_their_requests(tmp_path: Path) -> None:
    """Each request has a connection of its own, which either worker may accept."""
    with serving(f"sqlite:///{tmp_path}/aliscrape.db", tmp_path) as url:
        host = urlsplit(url).netloc
        for _ in range(40):
            connection = http.client.HTTPConnection(host, timeout=5)
            connection.request("GET", "/health/live")
            assert connection.getresponse().read()
            connection.close()
        for _ in range(6):
            with urlopen(f"{url}/metrics", timeout=5) as response:
                text = response.read().decode()
            labels = {"route": "/health/live", "status": "200"}
            assert value(text, "aliscrape_requests_total", **labels) == 40
