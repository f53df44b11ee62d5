"""One product: read, replace, update and delete it."""

from http import HTTPStatus

from flask import Response, request
from flask_restx import Resource

from db.models import Product
from webapi.etags import entity_tag, is_not_modified, parse_if_match
from webapi.json_body import read_json_object
from webapi.keys import key_required
from webapi.resources.documentation import (
    ETAG_HEADER,
    ID,
    IF_MATCH,
    IF_NONE_MATCH,
    models,
    problems,
    products_ns,
)
from webapi.resources.pagination import Answer
from webapi.schemas.product_body import ProductBody
from webapi.schemas.products import represent_product
from webapi.schemas.query_parameters import refuse_parameters
from webapi.services import products

Answered = tuple[Answer, HTTPStatus, dict[str, str]]


@products_ns.route(f"/<{ID}:product_id>", endpoint="product")
class ProductResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """One product."""

    @products_ns.doc("get_product", params=IF_NONE_MATCH)
    @products_ns.response(200, "The product", models["Product"], headers=ETAG_HEADER)
    @products_ns.response(304, "Not modified", headers=ETAG_HEADER)
    @problems(400, 404)
    def get(self, product_id: int) -> Answered | Response:
        """Return a product."""
        refuse_parameters(request)
        if_none_match = request.headers.get("If-None-Match")
        if if_none_match is not None:  # for a client that has the product, the tag is enough
            tag = products.get_entity_tag(product_id)
            if is_not_modified(tag, if_none_match):
                return _not_modified(tag)
        return _answer(products.get_product(product_id))

    @products_ns.doc("replace_product", security="key", params=IF_MATCH)
    @products_ns.expect(models["NewProduct"])
    @products_ns.response(200, "The product", models["Product"], headers=ETAG_HEADER)
    @problems(400, 401, 404, 412, 413, 415, 429)
    @key_required
    def put(self, product_id: int) -> Answered:
        """Replace a product. Omitted fields become null.

        Crawls do not overwrite the fields whose values change.
        """
        if_match, body = _read_request()
        return _answer(products.replace_product(product_id, body.values, body.identity, if_match))

    @products_ns.doc("update_product", security="key", params=IF_MATCH)
    @products_ns.expect(models["ProductChanges"])
    @products_ns.response(200, "The product", models["Product"], headers=ETAG_HEADER)
    @problems(400, 401, 404, 412, 413, 415, 429)
    @key_required
    def patch(self, product_id: int) -> Answered:
        """Update some fields of a product (JSON Merge Patch, RFC 7396). Others keep their values.

        Crawls do not overwrite the fields whose values change. `edited_fields` protects fields as
        they are, and releases them.
        """
        if_match, body = _read_request()
        return _answer(products.update_product(product_id, body.values, body.identity, if_match))

    @products_ns.doc("delete_product", security="key", params=IF_MATCH)
    @products_ns.response(204, "Deleted")
    @problems(400, 401, 404, 412, 429)
    @key_required
    def delete(self, product_id: int) -> tuple[str, HTTPStatus]:
        """Delete a product. Later crawls do not add it again.

        Its history is kept. Creating a product with its aliexpress_id restores it.
        """
        refuse_parameters(request)
        products.delete_product(product_id, parse_if_match(request.headers.get("If-Match")))
        return "", HTTPStatus.NO_CONTENT


def _read_request() -> tuple[products.IfMatch, ProductBody]:
    refuse_parameters(request)
    if_match = parse_if_match(request.headers.get("If-Match"))
    return if_match, ProductBody.parse(read_json_object(request))


def _not_modified(tag: str) -> Response:
    return Response(
        status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag}, mimetype="application/json"
    )


def _answer(product: Product) -> Answered:
    return represent_product(product), HTTPStatus.OK, {"ETag": entity_tag(product)}
