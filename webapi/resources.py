"""HTTP only: a question is read, a service answers, the answer is represented."""

from typing import Any

from flask import request, url_for
from flask_restx import Api, Namespace, Resource

from webapi.cursors import Cursor
from webapi.schemas import (
    LIST_PARAMETERS,
    PROBLEM,
    PRODUCT_LIST,
    ListQuery,
    represent_page,
)
from webapi.services import ProductService

docs = Namespace("products", description="What the crawls have gathered")
"""Holds the models and writes the documentation; it serves nothing, so that each application can
have resources of its own."""

product_list_model = docs.schema_model("ProductList", PRODUCT_LIST)
problem_model = docs.schema_model("Problem", PROBLEM)


class ProductListResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """The products."""

    def __init__(self, *args: Any, products: ProductService, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products

    @docs.doc("list_products", params=LIST_PARAMETERS)
    @docs.response(200, "A page of products, by id", product_list_model)
    @docs.response(400, "A parameter is unknown or has a wrong value", problem_model)
    def get(self) -> dict[str, Any]:
        """List the products.

        Pages keep their place while products are added or deleted: follow `next` and `prev`.
        """
        query = ListQuery.parse(request.args)
        page = self.products.list_products(query.limit, query.cursor)
        return {
            **represent_page(page),
            "next": _link(query, page.next),
            "prev": _link(query, page.prev),
        }


def _link(query: ListQuery, cursor: Cursor | None) -> str | None:
    return url_for(".products", limit=query.limit, cursor=cursor) if cursor else None


def register(api: Api, products: ProductService) -> None:
    """Serve the resources with the service that answers for them."""
    for name, model in docs.models.items():
        api.add_model(name, model)
    api.add_resource(
        ProductListResource,
        "/products",
        endpoint="products",
        resource_class_kwargs={"products": products},
    )
