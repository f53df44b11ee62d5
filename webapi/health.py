"""The routes that supervisors ask: whether the process is alive, and can do its work."""

from typing import Any

from flask import Blueprint

from db.fields import format_instant
from webapi.services.health import HealthService


def health(service: HealthService) -> Blueprint:
    """The routes of health; a database that cannot be read is answered as a problem, 503."""
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    @blueprint.get("/live")
    def live() -> dict[str, str]:
        """The process answers; nothing else is asked."""
        return {"status": "alive"}

    @blueprint.get("/ready")
    def ready() -> dict[str, Any]:
        """The database can be read and has our schema; and how old its last good crawl is."""
        readiness = service.readiness()
        at, age = readiness.last_good_crawl_at, readiness.age
        return {
            "status": "ready",
            "last_good_crawl_at": None if at is None else format_instant(at),
            "last_good_crawl_age_seconds": None if age is None else int(age.total_seconds()),
        }

    return blueprint
