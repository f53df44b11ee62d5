"""The page of one product, and the form on it that edits the product."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import Response, current_app, redirect, request, url_for
from werkzeug.exceptions import LengthRequired
from werkzeug.wrappers import Response as AnyResponse

from db.edits import InvalidEdit
from db.models import Product
from webapi.capacity import FORMS
from webapi.cursors import Cursor
from webapi.errors import EditConflict, InvalidBody, KeyRequired, TooManyAttempts
from webapi.etags import entity_tag
from webapi.keys import EXTENSION, Keys
from webapi.pages.edit_form import KEY, EditForm, Refusal, Sent, blank_form, refused_form
from webapi.pages.product import OBSERVATIONS, product_page
from webapi.resources.html.edits import field_errors, read_edit
from webapi.resources.html.rendering import html_response, picture_hosts
from webapi.schemas.query_parameters import DEFAULT_LIMIT
from webapi.services import crawls, history, products

WRONG_KEY: Final = Refusal(
    "This key is not one of this service's keys. Your entries are still below.",
    key_error="Wrong key. The right one is in data/api-key on the machine that serves this page.",
)
MISTAKE: Final = "A field has a value that it cannot have. Your entries are still below."
CHANGED: Final = Refusal(
    "The product has been changed since this form was shown. Look at both values below, then save "
    "again to write yours."
)


def show_product(product_id: int) -> Response:
    """Show everything known of a product. Raises ProductNotFound."""
    product = products.get_product(product_id)
    return _page(product, blank_form(product, entity_tag(product)))


def edit_product(product_id: int) -> AnyResponse:
    """Save what a person changed in the form, and lead to the product (303).

    The key comes with the form, not from a cookie, so that another site cannot post it. Fields that
    were not touched are not written. If nothing could be saved, the form comes back as it was sent,
    without the key: 401 wrong key, 429 too many wrong keys, 412 the product has changed since, 400
    a field has a wrong value.
    """
    if request.content_length is None:
        raise LengthRequired("Send the form with a Content-Length.")  # or it may be cut short
    with FORMS.slot():
        return _edit(product_id)


def _edit(product_id: int) -> AnyResponse:
    sent = Sent.of(request.form)
    keys: Keys = current_app.extensions[EXTENSION]
    try:
        keys.require(_as_header(request.form.get(KEY, "")), request.remote_addr or "")
    except KeyRequired:
        return _refuse(product_id, sent, HTTPStatus.UNAUTHORIZED, WRONG_KEY)
    except TooManyAttempts as error:
        refusal = Refusal(str(error), key_error="Too many wrong keys.")
        return _refuse(product_id, sent, HTTPStatus.TOO_MANY_REQUESTS, refusal)
    return _save(product_id, sent)


def _save(product_id: int, sent: Sent) -> AnyResponse:
    values, errors = read_edit(products.get_product(product_id), sent)
    if errors:
        return _refuse(product_id, sent, HTTPStatus.BAD_REQUEST, Refusal(MISTAKE, errors))
    try:
        products.update_product(product_id, values, {}, [sent.etag] if sent.etag else None)
    except EditConflict:
        return _refuse(product_id, sent, HTTPStatus.PRECONDITION_FAILED, CHANGED)
    except (InvalidBody, InvalidEdit) as error:
        errors = field_errors(str(error))
        refusal = Refusal(MISTAKE if errors else str(error), errors)
        return _refuse(product_id, sent, HTTPStatus.BAD_REQUEST, refusal)
    address = url_for("pages.product", product_id=product_id)
    return redirect(f"{address}#saved", HTTPStatus.SEE_OTHER)


def _refuse(product_id: int, sent: Sent, status: HTTPStatus, refusal: Refusal) -> Response:
    product = products.get_product(product_id)
    return _page(product, refused_form(product, sent, entity_tag(product), refusal), status)


def _page(product: Product, form: EditForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    seen = history.newest_observations([product.id], OBSERVATIONS).get(product.id, [])
    freshness = crawls.read_freshness()
    good_at = freshness.good_at.get(product.category)
    it = product_page(product, seen, picture_hosts(), datetime.now(UTC), good_at)
    crawl = _crawl_address(product.last_crawl_id, freshness.last.id if freshness.last else 0)
    return html_response("product.html", status, it=it, form=form, crawl_address=crawl)


def _crawl_address(crawl_id: int | None, newest: int) -> str:
    """Return the address of a crawl: on the first page, or on the page that begins with it."""
    if crawl_id is None:
        return ""
    is_first_page = newest - crawl_id < DEFAULT_LIMIT
    cursor = None if is_first_page else Cursor("after", (), crawl_id + 1).token
    return f"{url_for('pages.crawls', cursor=cursor)}#crawl-{crawl_id}"


def _as_header(key: str) -> str:
    """Return a key as a header would carry it: WSGI decodes bytes as Latin-1."""
    return key.encode().decode("latin-1")
