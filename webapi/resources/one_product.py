"""The resource of one product: shown, replaced, changed, deleted."""

from http import HTTPStatus

from flask import Response, request

from db.curation import Expectation
from db.models import Product
from webapi.preconditions import entity_tag, is_known, is_match
from webapi.resources.documentation import (
    IF_MATCH,
    IF_NONE_MATCH,
    TAG_HEADER,
    bad_body,
    bad_query,
    changed_since,
    docs,
    no_key,
    not_found,
    not_json,
    product_changes_model,
    product_model,
    too_large,
    too_many,
    unavailable,
    whole_product_model,
)
from webapi.resources.products import ProductResource, Tagged, tagged
from webapi.schemas.bodies import ProductBody
from webapi.schemas.queries import read_parameters


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
        return tagged(product)

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
        return tagged(self.products.replace(product_id, body.values, body.held, expect))

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
        return tagged(self.products.update(product_id, body.values, body.held, expect))

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
