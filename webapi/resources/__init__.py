"""HTTP only: a question is read, a service answers, the answer is represented."""

from typing import Any, Final

from flask_restx import Api

from webapi.resources.crawls import CrawlListResource, OneCrawlResource
from webapi.resources.documentation import add_models
from webapi.resources.history import HistoryResource
from webapi.resources.one_product import OneProductResource
from webapi.resources.products import ProductListResource

_ID: Final = "int(max=9223372036854775807)"

ROUTES: Final = (
    (ProductListResource, "/products", "products", ("products", "keys")),
    (OneProductResource, f"/products/<{_ID}:product_id>", "product", ("products", "keys")),
    (
        HistoryResource,
        f"/products/<{_ID}:product_id>/history",
        "history",
        ("products", "history"),
    ),
    (CrawlListResource, "/crawls", "crawls", ("crawls",)),
    (OneCrawlResource, f"/crawls/<{_ID}:crawl_id>", "crawl", ("crawls",)),
)
"""Each resource with its route, the name of its endpoint, and the parts it is handed."""


def register(api: Api, parts: dict[str, Any]) -> None:
    """Serve the resources, each with the services that answer for it."""
    add_models(api)
    for resource, route, endpoint, wanted in ROUTES:
        handed = {name: parts[name] for name in wanted}
        api.add_resource(resource, route, endpoint=endpoint, resource_class_kwargs=handed)
