"""The web pages: `/`, `/products/<id>` and `/crawls`, rendered on the server.

They call the same services as the API, with the same query parameters. They are plain Flask views:
flask-restx is for representations that are documented in OpenAPI.
"""

from flask import Blueprint

from webapi.resources.documentation import ID
from webapi.resources.html.assets import asset_address
from webapi.resources.html.crawls import show_crawls
from webapi.resources.html.product import edit_product, show_product
from webapi.resources.html.products import show_products
from webapi.resources.html.rendering import BLUEPRINT

pages = Blueprint(BLUEPRINT, __name__)
pages.app_template_global("asset")(asset_address)
pages.add_url_rule("/", "products", show_products)
pages.add_url_rule(f"/products/<{ID}:product_id>", "product", show_product)
pages.add_url_rule(f"/products/<{ID}:product_id>", "edit", edit_product, methods=["POST"])
pages.add_url_rule("/crawls", "crawls", show_crawls)
