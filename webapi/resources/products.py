"""The resources of products: their list and each of them."""

from http import HTTPStatus
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask_restx import Resource

from db.curation import Expectation
from db.models import Product
from webapi.bodies import read_object
from webapi.keys import HEADER, Keys
from webapi.preconditions import entity_tag, is_known, is_match
from webapi.resources.documentation import (
    IF_MATCH,
    IF_NONE_MATCH,
    LINK_HEADER,
    TAG_HEADER,
    bad_body,
    bad_query,
    changed_since,
    docs,
    no_key,
    not_found,
    not_json,
    problem_model,
    product_changes_model,
    product_list_model,
    product_model,
    too_large,
    too_many,
    unavailable,
    whole_product_model,
)
from webapi.resources.pages import Answer, envelope
from webapi.schemas.bodies import ProductBody
from webapi.schemas.products import represent, represent_listed
from webapi.schemas.queries import PRODUCT_LIST, ProductQuery, read_parameters
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
        made, _, headers = _tagged(product)
        link = url_for("api.product", product_id=product.id)
        return made, HTTPStatus.CREATED, headers | {"Location": link}

    def _table(self, query: ProductQuery) -> Response:
        """All pages as one table, sent as it is read; `limit` and `cursor` cut it."""
        products = self.products.walk(
            query.criteria, query.order, query.page.limit, query.page.cursor
        )
        rows = table_of(products, with_drops=query.criteria.price_dropped_since is not None)
        table = Response(stream_with_context(rows), content_type=f"{CSV}; charset=utf-8")
        table.headers["Content-Disposition"] = 'attachment; filename="products.csv"'
        table.headers["Vary"] = "Accept"
        return table


class OneProductResource(ProductResource):
    """One product."""

    @docs.doc("get_product", params=IF_NONE_MATCH)
    @docs.response(200, "The product", product_model, headers=TAG_HEADER)
    @docs.response(304, "It is what If-None-Match names", headers=TAG_HEADER)
    @bad_query
    @not_found
    @unavailable
    def get(self, product_id: int) -> Tagged | Response:
        """Show a product."""
        read_parameters(request.args, {})
        product = self.products.get(product_id)
        if is_known(product, request.if_none_match):
            known = Response(status=HTTPStatus.NOT_MODIFIED)
            known.set_etag(entity_tag(product))
            return known
        return _tagged(product)

    @docs.doc("replace_product", security="key", params=IF_MATCH)
    @docs.expect(whole_product_model)
    @docs.response(200, "The product as it is now", product_model, headers=TAG_HEADER)
    @bad_body
    @no_key
    @not_found
    @changed_since
    @too_large
    @not_json
    @too_many
    @unavailable
    def put(self, product_id: int) -> Tagged:
        """Say all of a product: what is left out becomes null.

        A field whose value changes is held from then on.
        """
        body = self.read_body()
        expect = self._expectation(body)
        return _tagged(self.products.replace(product_id, body.values, body.held, expect))

    @docs.doc("update_product", security="key", params=IF_MATCH)
    @docs.expect(product_changes_model)
    @docs.response(200, "The product as it is now", product_model, headers=TAG_HEADER)
    @bad_body
    @no_key
    @not_found
    @changed_since
    @too_large
    @not_json
    @too_many
    @unavailable
    def patch(self, product_id: int) -> Tagged:
        """Say something of a product (RFC 7396): what is left out stays.

        A field whose value changes is held from then on; `edited_fields` holds and releases.
        """
        body = self.read_body()
        expect = self._expectation(body)
        return _tagged(self.products.update(product_id, body.values, body.held, expect))

    @docs.doc("delete_product", security="key", params=IF_MATCH)
    @docs.response(204, "It is gone")
    @bad_query
    @no_key
    @not_found
    @changed_since
    @too_many
    @unavailable
    def delete(self, product_id: int) -> tuple[str, HTTPStatus]:
        """Take a product out; later crawls leave it out too.

        Its history stays: adding its aliexpress_id by hand brings it back.
        """
        self.require_key()
        self.products.delete(product_id, is_match(request.if_match))
        return "", HTTPStatus.NO_CONTENT

    def _expectation(self, body: ProductBody) -> Expectation:
        """What must be true of the product when it is written, with nobody writing between."""
        match = is_match(request.if_match)

        def expect(product: Product) -> None:
            match(product)
            body.refuse_changes(product)

        return expect


def _tagged(product: Product) -> Tagged:
    return represent(product), HTTPStatus.OK, {"ETag": f'"{entity_tag(product)}"'}


def _wants_csv(query: ProductQuery) -> bool:
    """Whether CSV was asked for: by the parameter, or else by what the client likes best."""
    if query.format is not None:
        return query.format == "csv"
    liked = request.accept_mimetypes.best_match(["application/json", CSV])
    return liked == CSV
