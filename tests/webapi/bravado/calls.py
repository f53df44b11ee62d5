"""Call every operation of a service with bravado, which validates requests and responses.

Run `calls.py URL KEY` with the Python of a virtual environment that has requirements.txt. bravado
installs a validator of formats that takes three seconds and 20 MB in every process that imports
jsonschema, the service among them.
"""

import json
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bravado.client import SwaggerClient
from bravado.exception import HTTPError
from bravado.requests_client import RequestsClient

CONFIG = {
    "validate_swagger_spec": True,
    "validate_requests": True,
    "validate_responses": True,
    "include_missing_properties": False,  # as docs/clients.md says
}
SINCE = datetime(2026, 11, 2, tzinfo=UTC)
UNKNOWN = 10**9

REFUSALS: list[tuple[str, dict[str, Any], int]] = [
    ("get_product", {"product_id": UNKNOWN}, 404),
    ("get_history", {"product_id": UNKNOWN}, 404),
    ("get_crawl", {"crawl_id": UNKNOWN}, 404),
    ("list_products", {"cursor": "x"}, 400),
    ("create_product", {"payload": {"title": "A", "price": "1"}}, 400),
    ("update_product", {"product_id": 1, "payload": {"title": "A"}, "If-Match": '"0"'}, 412),
    ("delete_product", {"product_id": 1, "If-Match": '"2-abc'}, 400),
]


class Client:
    """Call operations by their ids, and remember which ones were called."""

    def __init__(self, url: str, key: str) -> None:
        http = RequestsClient()
        http.set_api_key(urlsplit(url).netloc, key, param_name="X-API-Key", param_in="header")
        self.swagger = SwaggerClient.from_url(
            f"{url}/api/v1/swagger.json", http_client=http, config=CONFIG
        )
        self.called: set[str] = set()

    @property
    def operations(self) -> set[str]:
        """The ids of all operations of the specification."""
        paths = self.swagger.swagger_spec.spec_dict["paths"].values()
        verbs = [verb for path in paths for verb in path.values()]
        return {verb["operationId"] for verb in verbs if "operationId" in verb}

    def call(self, operation: str, **parameters: Any) -> Any:
        """Return the response to an operation; `result` is its validated body."""
        self.called.add(operation)
        resource = getattr(self.swagger, "crawls" if "crawl" in operation else "products")
        return getattr(resource, operation)(**parameters).response()


def read(client: Client) -> None:
    products = client.call("list_products", limit=100, sort="price", min_rating=0.0).result
    assert products.total == len(products.items) > 25
    dropped = client.call("list_products", price_dropped_since=SINCE).result
    assert dropped.items[0].price_drop
    for product in products.items:
        history = client.call("get_history", product_id=product.id).result
        assert history.items[0].crawl_id
    crawls = client.call("list_crawls", limit=1).result
    assert client.call("get_crawl", crawl_id=crawls.items[0].id).result.id == crawls.items[0].id


def write(client: Client) -> None:
    sent = {"title": "By hand", "currency": "USD", "price": "12.50", "url": "https://a.example/"}
    made = client.call("create_product", payload=sent).result
    assert (made.price, made.store_name) == ("12.50", None)
    fetched = client.call("get_product", product_id=made.id)
    assert fetched.result == made
    tag = fetched.incoming_response.headers["ETag"]
    whole = {"title": "Again", "currency": "JPY", "price": "1000000000000"}
    named = {"product_id": made.id, "If-Match": tag}
    replaced = client.call("replace_product", payload=whole, **named).result
    assert (replaced.price, replaced.url) == ("1000000000000", None)
    patch = {"store_name": "Store", "price": None}
    updated = client.call("update_product", product_id=made.id, payload=patch).result
    assert (updated.title, updated.price, updated.store_name) == ("Again", None, "Store")
    client.call("delete_product", product_id=made.id)


def send_back(client: Client) -> None:
    product = client.call("get_product", product_id=2).result
    body = {name: getattr(product, name) for name in dir(product)}
    assert client.call("replace_product", product_id=2, payload=body).result == product


def be_refused(client: Client) -> None:
    for operation, parameters, status in REFUSALS:
        assert refusal(client, operation, parameters) == status, operation


def refusal(client: Client, operation: str, parameters: dict[str, Any]) -> int | None:
    """Return the status in the problem that an operation is refused with, or None if it is not."""
    try:
        client.call(operation, **parameters)
    except HTTPError as error:
        status: int = json.loads(error.response.text)["status"]
        return status
    return None


if __name__ == "__main__":
    connected = Client(*sys.argv[1:])
    for part in (read, write, send_back, be_refused):
        part(connected)
    assert connected.called == connected.operations, connected.operations - connected.called
