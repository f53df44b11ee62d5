"""The service: REST over the catalog. `create_app` is the one place where all parts meet."""

from collections.abc import Mapping

from flask import Blueprint, Flask

from db.database import (
    close_database,
    drop_pooled_connections,
    open_database,
    pooled,
)
from webapi.bodies import LARGEST_BODY
from webapi.config import from_environment
from webapi.feeds import feeds
from webapi.health import health
from webapi.keys import FILE, HEADER, Keys, kept_key, listed_keys
from webapi.problems import ProblemApi, register_problems
from webapi.repositories.crawls import CrawlRepository
from webapi.repositories.drops import DropRepository
from webapi.repositories.health import HealthRepository
from webapi.repositories.history import HistoryRepository
from webapi.repositories.products import ProductRepository
from webapi.resources import register
from webapi.resources.documentation import AUTHORIZATIONS, docs
from webapi.security import secure
from webapi.services.crawls import CrawlService
from webapi.services.drops import DropService
from webapi.services.health import HealthService
from webapi.services.history import HistoryService
from webapi.services.products import ProductService


def create_app(settings: Mapping[str, str] | None = None) -> Flask:
    """Make the application, on a database that is made or migrated where that is needed.

    `settings` stand in for those of the environment. Raises StorageError when the database
    cannot be opened.
    """
    app = Flask(__name__)
    app.config.update(from_environment() | dict(settings or {}))
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        RESTX_MASK_SWAGGER=False,
        SWAGGER_UI_DOC_EXPANSION="list",
    )
    open_database(app.config["DATABASE_URL"], pooled)
    close_database()
    drop_pooled_connections()
    app.teardown_request(_disconnect)
    secure(app, app.config["ALISCRAPE_TRUSTED_HOSTS"], app.config["ALISCRAPE_CORS_ORIGINS"])
    app.register_blueprint(_api(_keys(app)))
    app.register_blueprint(feeds(DropService(DropRepository())))
    app.register_blueprint(health(HealthService(HealthRepository())))
    register_problems(app)
    return app


def _keys(app: Flask) -> Keys:
    listed = listed_keys(app.config["ALISCRAPE_API_KEY"])
    if listed:
        return Keys(listed)
    key = kept_key()
    app.logger.warning("Writing needs the key in %s, in the header %s.", FILE.resolve(), HEADER)
    return Keys([key])


def _api(keys: Keys) -> Blueprint:
    blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
    api = ProblemApi(
        blueprint,
        version="1",
        title="aliscrape",
        description="AliExpress products and their history, as crawls saw them.",
        default=docs.name,
        default_label=docs.description,
        authorizations=AUTHORIZATIONS,
    )
    parts = {
        "products": ProductService(ProductRepository()),
        "history": HistoryService(HistoryRepository()),
        "crawls": CrawlService(CrawlRepository()),
        "keys": keys,
    }
    register(api, parts)
    return blueprint


def _disconnect(_error: BaseException | None) -> None:
    close_database()
