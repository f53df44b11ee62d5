"""The REST service. `create_app` puts its parts together."""

import logging
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response

from db.database import (
    close_database,
    drop_pooled_connections,
    open_for_service,
    release_connection,
)
from db.errors import StorageError
from webapi.config import from_environment
from webapi.errors import InvalidSetting
from webapi.json_body import LARGEST_BODY
from webapi.keys import EXTENSION, FILE, HEADER, Keys, kept_key, listed_keys
from webapi.pages.pictures import PictureHosts
from webapi.path_prefix import PathPrefix, parse_prefix
from webapi.problems import ProblemApi
from webapi.resources import crawls, feeds, health, history, metrics, product, products
from webapi.resources.documentation import AUTHORIZATIONS, crawls_ns, products_ns
from webapi.resources.html import pages
from webapi.resources.html.errors import register_errors
from webapi.resources.html.rendering import PICTURE_HOSTS
from webapi.security import secure

RESOURCES = (products, product, history, crawls)
"""Modules that add their routes to the namespaces when they are imported."""


class Service(Flask):
    """Flask without its checks for asynchronous views and hooks, of which we have none."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Mapping[str, str] | None = None) -> Flask:
    """Return the application. Its database is created or migrated if needed.

    `settings` override those of the environment. Raises StorageError if the database cannot be
    opened, and InvalidSetting.
    """
    app = Service(__name__)
    app.config.update(from_environment() | dict(settings or {}))
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),  # the addresses have a digest of the file
        RESTX_MASK_SWAGGER=False,
        SWAGGER_UI_DOC_EXPANSION="list",
    )
    open_for_service(app.config["DATABASE_URL"])
    close_database()
    drop_pooled_connections()
    app.teardown_request(lambda _error: release_connection())
    app.after_request(_read_file)
    metrics.count_requests(app)
    app.extensions[EXTENSION] = _keys(app)
    pictures = PictureHosts(app.config["SITE_URL"])
    app.extensions[PICTURE_HOSTS] = pictures
    secure(
        app,
        app.config["ALISCRAPE_TRUSTED_HOSTS"],
        app.config["ALISCRAPE_CORS_ORIGINS"],
        pictures=pictures.sources,
    )
    app.register_blueprint(_api())
    app.register_blueprint(pages)
    app.register_blueprint(feeds.feeds)
    app.register_blueprint(health.health)
    app.register_blueprint(metrics.metrics)
    register_errors(app)
    prefix = parse_prefix(app.config["SCRIPT_NAME"])
    if prefix:
        app.wsgi_app = PathPrefix(app.wsgi_app, prefix)  # type: ignore[method-assign]  # as Flask documents it
    return app


def create_service(settings: Mapping[str, str] | None = None) -> Flask:
    """Return the application for a server. If it cannot start, print why and exit with 1."""
    try:
        return create_app(settings)
    except (StorageError, InvalidSetting) as error:
        sys.exit(f"The service cannot start. {error}")
    except OSError as error:
        sys.exit(
            f"The service cannot start. It cannot use {error.filename} ({error.strerror}). "
            "Run it in a folder that belongs to you."
        )


def _keys(app: Flask) -> Keys:
    listed = listed_keys(app.config["ALISCRAPE_API_KEY"])
    if listed:
        return Keys(listed)
    key = kept_key()
    app.logger.setLevel(logging.INFO)
    app.logger.info("Writing needs the key in %s, in the header %s.", FILE.resolve(), HEADER)
    return Keys([key])


def _api() -> Blueprint:
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    api = ProblemApi(
        blueprint,
        version="1",
        title="aliscrape",
        description=(
            "AliExpress products and their price history. Reading is open. Writing needs an API "
            "key in the X-API-Key header: one of ALISCRAPE_API_KEY, or the one in data/api-key."
        ),
        authorizations=AUTHORIZATIONS,
    )
    api.add_namespace(products_ns)
    api.add_namespace(crawls_ns)
    return blueprint


def _read_file(response: Response) -> Response:
    """Read a static file whole, so that a client that takes it slowly occupies no thread."""
    if response.direct_passthrough and response.content_length is not None:
        response.direct_passthrough = False
        response.make_sequence()
    return response
