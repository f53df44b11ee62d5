"""HTTP only: a question is read, a service answers, the answer is represented."""

from http import HTTPStatus
from typing import Any, Final

from flask import request, url_for
from flask_restx import Api, Namespace, Resource

from webapi.bodies import read_object
from webapi.cursors import Cursor
from webapi.keys import HEADER, Keys
from webapi.schemas.documents import (
    HISTORY,
    PROBLEM,
    PRODUCT,
    PRODUCT_CHANGES,
    PRODUCT_LIST,
    WHOLE_PRODUCT,
)
from webapi.schemas.products import ProductBody, represent, represent_observation
from webapi.schemas.queries import LIST_PARAMETERS, ListQuery, refuse_parameters
from webapi.services import ProductService

Answer = dict[str, Any]

AUTHORIZATIONS: Final = {"key": {"type": "apiKey", "in": "header", "name": HEADER}}

docs = Namespace("products", description="What the crawls have gathered")
"""Holds the models and writes the documentation; it serves nothing, so that each application can
have resources of its own."""

product_model = docs.schema_model("Product", PRODUCT)
product_list_model = docs.schema_model("ProductList", PRODUCT_LIST)
whole_product_model = docs.schema_model("WholeProduct", WHOLE_PRODUCT)
product_changes_model = docs.schema_model("ProductChanges", PRODUCT_CHANGES)
history_model = docs.schema_model("History", HISTORY)
problem_model = docs.schema_model("Problem", PROBLEM)

bad_query = docs.response(400, "A parameter is unknown or has a wrong value", problem_model)
bad_body = docs.response(400, "No JSON object, or a field cannot have that value", problem_model)
no_key = docs.response(401, "No key, or a wrong one", problem_model)
not_found = docs.response(404, "There is no such product", problem_model)
too_large = docs.response(413, "The body is too large", problem_model)
not_json = docs.response(415, "The body is not said to be JSON", problem_model)


class ProductResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """What the resources of products share: the service and the keys they are handed."""

    def __init__(self, *args: Any, products: ProductService, keys: Keys, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        self.keys = keys

    def read_body(self) -> ProductBody:
        """What was sent, once its sender has shown a key."""
        self.keys.require(request.headers.get(HEADER))
        refuse_parameters(request.args)
        return ProductBody.parse(read_object(request))


class ProductListResource(ProductResource):
    """The products."""

    @docs.doc("list_products", params=LIST_PARAMETERS)
    @docs.response(200, "A page of products, by id", product_list_model)
    @bad_query
    def get(self) -> Answer:
        """List the products.

        Pages keep their place while products are added or deleted: follow `next` and `prev`.
        """
        query = ListQuery.parse(request.args)
        page = self.products.list_products(query.limit, query.cursor)
        return {
            "items": [represent(product) for product in page.products],
            "total": page.total,
            "next": _link(query, page.next),
            "prev": _link(query, page.prev),
        }

    @docs.doc("create_product", security="key")
    @docs.expect(whole_product_model)
    @docs.response(201, "The product as it is now", product_model, headers={"Location": "its link"})
    @bad_body
    @no_key
    @docs.response(409, "There is one with that aliexpress_id already; it is named", problem_model)
    @too_large
    @not_json
    def post(self) -> tuple[Answer, HTTPStatus, dict[str, str]]:
        """Add a product by hand.

        The fields given are held: no crawl overwrites them. One that was deleted is brought back.
        """
        body = self.read_body()
        body.refuse_given()
        product = self.products.create(body.values, body.aliexpress_id, body.held)
        link = url_for("api.product", product_id=product.id)
        return represent(product), HTTPStatus.CREATED, {"Location": link}


class OneProductResource(ProductResource):
    """One product."""

    @docs.doc("get_product")
    @docs.response(200, "The product", product_model)
    @bad_query
    @not_found
    def get(self, product_id: int) -> Answer:
        """Show a product."""
        refuse_parameters(request.args)
        return represent(self.products.get(product_id))

    @docs.doc("replace_product", security="key")
    @docs.expect(whole_product_model)
    @docs.response(200, "The product as it is now", product_model)
    @bad_body
    @no_key
    @not_found
    @too_large
    @not_json
    def put(self, product_id: int) -> Answer:
        """Say all of a product: what is left out becomes null.

        A field whose value changes is held from then on.
        """
        body = self._read_edit(product_id)
        return represent(self.products.replace(product_id, body.values, body.held))

    @docs.doc("update_product", security="key")
    @docs.expect(product_changes_model)
    @docs.response(200, "The product as it is now", product_model)
    @bad_body
    @no_key
    @not_found
    @too_large
    @not_json
    def patch(self, product_id: int) -> Answer:
        """Say something of a product (RFC 7396): what is left out stays.

        A field whose value changes is held from then on; `edited_fields` holds and releases.
        """
        body = self._read_edit(product_id)
        return represent(self.products.update(product_id, body.values, body.held))

    def _read_edit(self, product_id: int) -> ProductBody:
        body = self.read_body()
        body.refuse_changes(self.products.get(product_id))
        return body


class HistoryResource(ProductResource):
    """What crawls saw of one product."""

    @docs.doc("get_history")
    @docs.response(200, "What crawls saw, oldest first", history_model)
    @bad_query
    @not_found
    def get(self, product_id: int) -> Answer:
        """Show what crawls saw of a product, whenever it differed from before."""
        refuse_parameters(request.args)
        seen = self.products.history(product_id)
        return {"items": [represent_observation(observation) for observation in seen]}


ROUTES: Final = (
    (ProductListResource, "/products", "products"),
    (OneProductResource, "/products/<int(max=9223372036854775807):product_id>", "product"),
    (HistoryResource, "/products/<int(max=9223372036854775807):product_id>/history", "history"),
)


def register(api: Api, products: ProductService, keys: Keys) -> None:
    """Serve the resources with the service that answers for them."""
    for name, model in docs.models.items():
        api.add_model(name, model)
    parts = {"products": products, "keys": keys}
    for resource, route, endpoint in ROUTES:
        api.add_resource(resource, route, endpoint=endpoint, resource_class_kwargs=parts)


def _link(query: ListQuery, cursor: Cursor | None) -> str | None:
    return url_for("api.products", limit=query.limit, cursor=cursor) if cursor else None
