"""Metrics for Prometheus. An optional extra: requirements-workers.txt."""

import os
from importlib.util import find_spec
from typing import Final

from flask import Blueprint, Flask, Response, request

from webapi.errors import NotInstalled
from webapi.schemas.query_parameters import refuse_parameters

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""A variable of prometheus-client: the folder in which several processes count together."""
NOT_INSTALLED: Final = (
    "Metrics need prometheus-client, which is not installed. To install it: "
    "sh install.sh requirements-workers.txt"
)

metrics = Blueprint("metrics", __name__)


def count_requests(app: Flask) -> None:
    """Count the requests of an application, if prometheus-client is installed."""
    if find_spec("prometheus_client") is not None:
        from webapi.prometheus import count_request  # noqa: PLC0415  # an optional extra

        app.after_request(count_request)


@metrics.get("/metrics")
def show_metrics() -> Response:
    """Return the numbers of requests, crawls and jobs."""
    refuse_parameters(request)
    if find_spec("prometheus_client") is None:
        raise NotInstalled(NOT_INSTALLED)
    from webapi.prometheus import MEDIA_TYPE, exposition  # noqa: PLC0415  # as above

    return Response(exposition(os.environ.get(FOLDER)), content_type=MEDIA_TYPE)
