"""The resource of what crawls saw of one product."""

from typing import Any

from flask import request
from flask_restx import Resource

from webapi.resources.documentation import (
    LINK_HEADER,
    bad_query,
    docs,
    history_model,
    not_found,
    unavailable,
)
from webapi.resources.pages import envelope
from webapi.schemas.history import represent_observation, represent_prices
from webapi.schemas.parameters import HISTORY
from webapi.schemas.queries import PageQuery
from webapi.services.history import HistoryService
from webapi.services.products import ProductService


class HistoryResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """What crawls saw of one product."""

    def __init__(
        self, *args: Any, products: ProductService, history: HistoryService, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.products = products
        self.history = history

    @docs.doc("get_history", params={name: one.documentation for name, one in HISTORY.items()})
    @docs.response(200, "What crawls saw, oldest first", history_model, headers=LINK_HEADER)
    @bad_query
    @not_found
    @unavailable
    def get(self, product_id: int) -> Any:
        """Show what crawls saw of a product, whenever it differed from before."""
        name = f"history {product_id}"
        query = PageQuery.parse(request.args, name)
        self.products.get(product_id)
        page = self.history.page(product_id, query.count, query.cursor)
        prices = [represent_prices(summary) for summary in self.history.prices(product_id)]
        return envelope(page, name, represent_observation, prices=prices)
