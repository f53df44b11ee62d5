"""The price history of a product."""

from typing import Any

from flask import Response, request
from flask_restx import Resource

from webapi.resources.csv_export import MEDIA_TYPE as CSV
from webapi.resources.csv_export import VARY, csv_response, is_csv_requested
from webapi.resources.documentation import (
    ID,
    LINK_HEADER,
    models,
    problems,
    products_ns,
    query_parameters,
)
from webapi.resources.pagination import page_response
from webapi.schemas.history import OBSERVATION, represent_observation, represent_prices
from webapi.schemas.query_parameters import DEFAULT_LIMIT, HISTORY, HistoryQuery
from webapi.services import history, products
from webapi.specification import MEDIA_TYPES


@products_ns.route(f"/<{ID}:product_id>/history", endpoint="history")
class HistoryResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """The price history of a product."""

    @products_ns.doc("get_history", params=query_parameters(HISTORY))
    @products_ns.produces([*MEDIA_TYPES, CSV])
    @products_ns.response(200, "A page of the history", models["History"], headers=LINK_HEADER)
    @problems(400, 404)
    def get(self, product_id: int) -> Any:
        """Return the price history of a product, oldest first.

        There is one entry for each change that a crawl observed. `prices` is a summary of the whole
        history for each currency. With `Accept: text/csv`, all entries are one CSV file, without
        the summary.
        """
        query = HistoryQuery.parse(request.args)
        products.get_product(product_id)
        if is_csv_requested(query.format):
            return _export(product_id, query)
        limit = query.limit or DEFAULT_LIMIT
        page = history.list_observations(product_id, limit, query.cursor)
        prices = [represent_prices(summary) for summary in history.summarize_prices(product_id)]
        body, status, headers = page_response(page, represent_observation, prices=prices)
        return body, status, headers | VARY


def _export(product_id: int, query: HistoryQuery) -> Response:
    rows = history.export_observations(product_id, query.limit, query.cursor)
    name = f"product-{product_id}-history.csv"
    response = csv_response(name, [*OBSERVATION], map(represent_observation, rows))
    response.call_on_close(rows.close)  # ends the snapshot, even if nothing was sent
    return response
