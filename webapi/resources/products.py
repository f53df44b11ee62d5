"""The resources of products: their list and each of them."""

from http import HTTPStatus
from itertools import chain
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask_restx import Resource

from db.models import Product
from webapi.bodies import read_object
from webapi.keys import HEADER, Keys
from webapi.preconditions import entity_tag
from webapi.resources.documentation import (
    LINK_HEADER,
    TAG_HEADER,
    bad_body,
    bad_query,
    docs,
    no_key,
    not_json,
    problem_model,
    product_list_model,
    product_model,
    too_large,
    too_many,
    unavailable,
    whole_product_model,
)
from webapi.resources.pages import Answer, envelope
from webapi.schemas.bodies import ProductBody
from webapi.schemas.parameters import PRODUCT_LIST
from webapi.schemas.products import represent, represent_listed
from webapi.schemas.queries import ProductQuery, read_parameters
from webapi.schemas.specification import MEDIA_TYPES
from webapi.schemas.tables import MEDIA_TYPE as CSV
from webapi.schemas.tables import table_of
from webapi.services.products import ProductService

Tagged = tuple[Answer, HTTPStatus, dict[str, str]]
"""A product with its entity tag."""


class ProductResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """What the resources of products share: the service and the keys they are handed."""

    def __init__(self, *args: Any, products: ProductService, keys: Keys, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        self.keys = keys

    def require_key(self) -> None:
        """Let only those write who have a key, and before anything they sent is read."""
        self.keys.require(request.headers.get(HEADER), request.remote_addr or "")
        read_parameters(request.args, {})

    def read_body(self) -> ProductBody:
        """What was sent, once its sender has shown a key."""
        self.require_key()
        return ProductBody.parse(read_object(request))


def tagged(product: Product) -> Tagged:
    """A product, with its entity tag in a header."""
    return represent(product), HTTPStatus.OK, {"ETag": f'"{entity_tag(product)}"'}


class ProductListResource(ProductResource):
    """The products."""

    @docs.doc(
        "list_products", params={name: one.documentation for name, one in PRODUCT_LIST.items()}
    )
    @docs.produces([*MEDIA_TYPES, CSV])
    @docs.response(200, "A page of products", product_list_model, headers=LINK_HEADER)
    @bad_query
    @unavailable
    def get(self) -> Any:
        """List the products.

        Follow `next` and `prev`: each product that is there throughout comes exactly once, in any
        order, while crawls add and change products. With `Accept: text/csv`, all pages as CSV.
        """
        query = ProductQuery.parse(request.args)
        if _wants_csv(query):
            return self._table(query)
        page = self.products.list_products(
            query.criteria, query.order, query.page.count, query.page.cursor
        )
        body, status, headers = envelope(page, query.name, represent_listed)
        return body, status, {**headers, "Vary": "Accept"}

    @docs.doc("create_product", security="key")
    @docs.expect(whole_product_model)
    @docs.response(
        201,
        "The product as it is now",
        product_model,
        headers={"Location": "its link"} | TAG_HEADER,
    )
    @bad_body
    @no_key
    @docs.response(409, "There is one with that aliexpress_id already; it is named", problem_model)
    @too_large
    @not_json
    @too_many
    @unavailable
    def post(self) -> Tagged:
        """Add a product by hand.

        The fields given are held: no crawl overwrites them. One that was deleted is brought back.
        """
        body = self.read_body()
        body.refuse_given()
        product = self.products.create(body.values, body.aliexpress_id, body.held)
        made, _, headers = tagged(product)
        link = url_for("api.product", product_id=product.id)
        return made, HTTPStatus.CREATED, headers | {"Location": link}

    def _table(self, query: ProductQuery) -> Response:
        """All pages as one table, sent as it is read; `limit` and `cursor` cut it."""
        products = self.products.walk(
            query.criteria, query.order, query.page.limit, query.page.cursor
        )
        rows = table_of(products, with_drops=query.criteria.price_dropped_since is not None)
        begun = chain([next(rows)], rows)  # what cannot be read is told before anything is sent
        table = Response(stream_with_context(begun), content_type=f"{CSV}; charset=utf-8")
        table.headers["Content-Disposition"] = 'attachment; filename="products.csv"'
        table.headers["Vary"] = "Accept"
        return table


def _wants_csv(query: ProductQuery) -> bool:
    """Whether CSV was asked for: by the parameter, or else by what the client likes best."""
    if query.format is not None:
        return query.format == "csv"
    liked = request.accept_mimetypes.best_match(["application/json", CSV])
    return liked == CSV
