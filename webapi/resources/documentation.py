"""What Swagger shows besides the resources: models, and the answers that several of them give."""

from typing import Final

from flask_restx import Api, Namespace

from webapi.keys import HEADER
from webapi.schemas import documents
from webapi.schemas.parameters import parameter_document

AUTHORIZATIONS: Final = {"key": {"type": "apiKey", "in": "header", "name": HEADER}}

docs = Namespace("products", description="What the crawls have gathered")
"""Holds the models and writes the documentation; it serves nothing, so that each application can
have resources of its own."""

product_model = docs.schema_model("Product", documents.PRODUCT)
product_list_model = docs.schema_model("ProductList", documents.PRODUCT_LIST)
whole_product_model = docs.schema_model("WholeProduct", documents.WHOLE_PRODUCT)
product_changes_model = docs.schema_model("ProductChanges", documents.PRODUCT_CHANGES)
history_model = docs.schema_model("History", documents.HISTORY)
crawl_model = docs.schema_model("Crawl", documents.CRAWL)
crawl_list_model = docs.schema_model("CrawlList", documents.CRAWL_LIST)
problem_model = docs.schema_model("Problem", documents.PROBLEM)

bad_query = docs.response(400, "A parameter is unknown or has a wrong value", problem_model)
bad_body = docs.response(400, "No JSON object, or a field cannot have that value", problem_model)
no_key = docs.response(401, "No key, or a wrong one", problem_model)
not_found = docs.response(404, "There is nothing with that id", problem_model)
too_large = docs.response(413, "The body is too large", problem_model)
not_json = docs.response(415, "The body is not said to be JSON", problem_model)
unavailable = docs.response(503, "The database cannot be read now", problem_model)

changed_since = docs.response(412, "It is not what If-Match names", problem_model)
too_many = docs.response(429, "Too many wrong keys; Retry-After says how long", problem_model)

TAG_HEADER: Final = {"ETag": "the product's entity tag, for If-Match and If-None-Match"}
_TAG: Final = '"3-0123456789ab"'
IF_MATCH: Final = {
    "If-Match": parameter_document("header", "write only if it is still this one", _TAG)
}
IF_NONE_MATCH: Final = {
    "If-None-Match": parameter_document("header", "send only if it is another one", _TAG)
}
LINK_HEADER: Final = {"Link": "the next and the previous page (RFC 8288), where there are any"}


def add_models(api: Api) -> None:
    """Show the models in an application's documentation."""
    for name, model in docs.models.items():
        api.add_model(name, model)
