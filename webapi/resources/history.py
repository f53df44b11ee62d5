"""The price history of a product."""

from typing import Any

from flask import request
from flask_restx import Resource

from webapi.resources.documentation import (
    ID,
    LINK_HEADER,
    models,
    problems,
    products_ns,
    query_parameters,
)
from webapi.resources.pagination import page_response
from webapi.schemas.history import represent_observation, represent_prices
from webapi.schemas.query_parameters import PAGE, parse_page
from webapi.services import history, products
from webapi.sorting import OBSERVATIONS_BY_ID


@products_ns.route(f"/<{ID}:product_id>/history", endpoint="history")
class HistoryResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """The price history of a product."""

    @products_ns.doc("get_history", params=query_parameters(PAGE))
    @products_ns.response(200, "A page of the history", models["History"], headers=LINK_HEADER)
    @problems(400, 404)
    def get(self, product_id: int) -> Any:
        """Return the price history of a product, oldest first.

        There is one entry for each change that a crawl observed. `prices` is a summary of the whole
        history for each currency.
        """
        limit, cursor = parse_page(request.args, OBSERVATIONS_BY_ID)
        products.get_product(product_id)
        page = history.list_observations(product_id, limit, cursor)
        prices = [represent_prices(summary) for summary in history.summarize_prices(product_id)]
        return page_response(page, represent_observation, prices=prices)
