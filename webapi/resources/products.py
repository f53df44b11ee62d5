"""The product list: read it as JSON or CSV, and create products."""

from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from flask_restx import Resource

from webapi.etags import entity_tag
from webapi.json_body import read_json_object
from webapi.keys import key_required
from webapi.resources.csv_export import MEDIA_TYPE as CSV
from webapi.resources.csv_export import VARY, csv_response, is_csv_requested
from webapi.resources.documentation import (
    ETAG_HEADER,
    LINK_HEADER,
    models,
    problems,
    products_ns,
    query_parameters,
)
from webapi.resources.pagination import Answer, page_response
from webapi.schemas.product_body import ProductBody
from webapi.schemas.products import PRICE_DROP, PRODUCT, represent_price_drop, represent_product
from webapi.schemas.query_parameters import (
    DEFAULT_LIMIT,
    PRODUCT_LIST,
    ProductQuery,
    refuse_parameters,
)
from webapi.services import products
from webapi.specification import MEDIA_TYPES


@products_ns.route("", endpoint="products")
class ProductListResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """All products."""

    @products_ns.doc("list_products", params=query_parameters(PRODUCT_LIST))
    @products_ns.produces([*MEDIA_TYPES, CSV])
    @products_ns.response(200, "A page of products", models["ProductList"], headers=LINK_HEADER)
    @problems(400)
    def get(self) -> Any:
        """List products.

        Follow `next` for all pages. In the order of ids, every product that exists throughout
        appears exactly once, whatever is written meanwhile. In the order of another field, a
        product whose value changes during pagination may appear twice or not at all. With
        `Accept: text/csv`, all pages are one CSV file, which is a snapshot.
        """
        query = ProductQuery.parse(request.args)
        if is_csv_requested(query.format):
            return _export(query)
        page = products.list_products(
            query.filters, query.sort, query.limit or DEFAULT_LIMIT, query.cursor
        )
        represent = represent_price_drop if _has_drops(query) else represent_product
        body, status, headers = page_response(page, represent)
        return body, status, headers | VARY

    @products_ns.doc("create_product", security="key")
    @products_ns.expect(models["NewProduct"])
    @products_ns.response(
        201, "The product", models["Product"], headers={"Location": "its link"} | ETAG_HEADER
    )
    @problems(400, 401, 409, 413, 415, 429)
    @key_required
    def post(self) -> tuple[Answer, HTTPStatus, dict[str, str]]:
        """Create a product.

        Crawls do not overwrite the given fields. A deleted product with the same aliexpress_id is
        restored.
        """
        refuse_parameters(request)
        body = ProductBody.parse(read_json_object(request))
        product = products.create_product(body.values, body.new_aliexpress_id())
        location = url_for("api.product", product_id=product.id)
        headers = {"Location": location, "ETag": entity_tag(product)}
        return represent_product(product), HTTPStatus.CREATED, headers


def _has_drops(query: ProductQuery) -> bool:
    return "price_dropped_since" in query.filters


def _export(query: ProductQuery) -> Response:
    products.count_products(query.filters)  # an error is a response only before rows are sent
    rows = products.export_products(query.filters, query.sort, query.limit, query.cursor)
    if _has_drops(query):
        columns = [*PRODUCT, *PRICE_DROP]
        return csv_response("products.csv", columns, map(represent_price_drop, rows))
    return csv_response("products.csv", [*PRODUCT], map(represent_product, rows))
