"""Numbers about requests, crawls and jobs in the text format of Prometheus.

Import it after `serve` has begun: prometheus-client decides then whether processes count together.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from flask import Response, request
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from webapi.services import crawls, jobs

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

REQUESTS: Final = Counter(
    "aliscrape_requests", "Requests by method, route and status.", ["method", "route", "status"],
    registry=None,
)  # fmt: skip


_counter = lru_cache(maxsize=1000)(REQUESTS.labels)


def count_request(response: Response) -> Response:
    """Count a request. Unknown methods and addresses are counted together."""
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "unknown"
    _counter(method, route, response.status_code).inc()
    return response


class CrawlsAndJobs(Collector):
    """What the database says, which is the same in every process."""

    def collect(self) -> Iterator[Metric]:
        ended = CounterMetricFamily("aliscrape_crawls", "Crawls by outcome.", labels=["outcome"])
        for outcome, number in crawls.count_outcomes().items():
            ended.add_metric([outcome], number)
        yield ended
        queue = jobs.read_queue()
        if queue is None:
            return
        waiting = GaugeMetricFamily("aliscrape_jobs", "Jobs by state.", labels=["state"])
        for state, number in queue.counts.items():
            waiting.add_metric([state], number)
        yield waiting
        age = (datetime.now(UTC) - queue.oldest_at).total_seconds() if queue.oldest_at else 0
        yield GaugeMetricFamily(
            "aliscrape_oldest_waiting_job_seconds",
            "Time since the oldest waiting job was enqueued; 0 if none waits.",
            value=max(age, 0),
        )


def exposition(folder: str | None) -> bytes:
    """Return all metrics as text. Several processes keep their counts in `folder`."""
    registry = CollectorRegistry()
    if folder is None:
        registry.register(REQUESTS)
    else:
        MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]  # it has no types
    registry.register(CrawlsAndJobs())
    return generate_latest(registry)
