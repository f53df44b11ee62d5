"""The page of the product list."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import redirect, url_for
from werkzeug.wrappers import Response

from webapi.errors import InvalidQuery, QueryTooLong
from webapi.pages import words
from webapi.pages.cards import OBSERVATIONS, Card, Catalog, card
from webapi.pages.filters import is_mixed_order, search_form
from webapi.pages.runs import last_crawl
from webapi.repositories.keyset import Page
from webapi.resources.html.rendering import (
    PER_PAGE,
    given_parameters,
    html_response,
    picture_hosts,
)
from webapi.resources.pagination import page_links
from webapi.schemas.query_parameters import ProductQuery
from webapi.services import crawls, history, products

TEMPLATE = "products.html"


def show_products() -> Response:
    """Show a page of the product list, or above the form what is wrong with a parameter (400)."""
    parameters = given_parameters()
    given = parameters.to_dict()
    now = datetime.now(UTC)
    freshness = crawls.read_freshness()
    choices = products.read_choices()
    shared: dict[str, Any] = {
        "form": search_form(given, choices.categories, choices.currencies, now),
        "last": freshness.last and last_crawl(freshness.last, freshness.last_good_at, now),
        "example_day": f"{now.date()}",
    }
    try:
        query = ProductQuery.parse(parameters)
    except (InvalidQuery, QueryTooLong) as error:
        return html_response(TEMPLATE, HTTPStatus.BAD_REQUEST, error=str(error), **shared)
    if query.format is not None:
        return redirect(f"{url_for('api.products')}?{urlencode(given)}", HTTPStatus.SEE_OTHER)
    page = products.list_products(query.filters, query.sort, query.limit or PER_PAGE, query.cursor)
    return html_response(
        TEMPLATE,
        cards=_cards(page, Catalog(picture_hosts(), now, freshness.good_at)),
        total=page.total,
        all_total=products.count_products({}) if query.filters else page.total,
        total_text=words.plural(page.total, "product"),
        links=page_links(page, parameters),
        is_mixed_order=is_mixed_order(given, choices.currencies),
        **shared,
    )


def _cards(page: Page[Any], catalog: Catalog) -> list[Card]:
    seen = history.newest_observations([product.id for product in page.items], OBSERVATIONS)
    return [
        card(
            product,
            seen.get(product.id, []),
            catalog,
            getattr(product, "earlier_price_minor", None),
        )
        for product in page.items
    ]
