"""Health checks for supervisors: is the process alive, and can it do its work."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from db.fields import format_instant
from webapi.services.health import check_readiness
from webapi.services.jobs import MissedSchedule, read_missed_schedules

health = Blueprint("health", __name__, url_prefix="/health")


@health.get("/live")
def live() -> dict[str, str]:
    """Return that the process responds. Nothing else is checked."""
    return {"status": "alive"}


@health.get("/ready")
def ready() -> dict[str, Any]:
    """Return that the database can be used, the age of its last good crawl, and missed schedules.

    If the database cannot be used, the response is a problem with status 503.
    """
    readiness = check_readiness()
    at, age = readiness.last_good_crawl_at, readiness.age
    missed = read_missed_schedules(datetime.now(UTC))
    schedules = {} if missed is None else {"missed_schedules": list(map(_represent, missed))}
    return {
        "status": "ready",
        "last_good_crawl_at": at and format_instant(at),
        "last_good_crawl_age_seconds": None if age is None else int(age.total_seconds()),
        **schedules,
    }


def _represent(missed: MissedSchedule) -> dict[str, str | None]:
    return {
        "schedule": missed.cron,
        "job": missed.title,
        "due_at": format_instant(missed.due_at),
    }
