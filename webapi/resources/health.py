"""Health checks for supervisors: is the process alive, and can it do its work."""

from typing import Any

from flask import Blueprint

from db.fields import format_instant
from webapi.services.health import check_readiness

health = Blueprint("health", __name__, url_prefix="/health")


@health.get("/live")
def live() -> dict[str, str]:
    """Return that the process responds. Nothing else is checked."""
    return {"status": "alive"}


@health.get("/ready")
def ready() -> dict[str, Any]:
    """Return that the database can be used, and the age of its last good crawl.

    If the database cannot be used, the response is a problem with status 503.
    """
    readiness = check_readiness()
    at, age = readiness.last_good_crawl_at, readiness.age
    return {
        "status": "ready",
        "last_good_crawl_at": at and format_instant(at),
        "last_good_crawl_age_seconds": None if age is None else int(age.total_seconds()),
    }
