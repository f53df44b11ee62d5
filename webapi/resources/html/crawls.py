"""The page of the crawls, with the jobs of the queue above the runs."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response

from webapi.errors import InvalidQuery, QueryTooLong
from webapi.pages import words
from webapi.pages.columns import SLOTS, column_chart
from webapi.pages.jobs import Jobs, job_table
from webapi.pages.runs import runs
from webapi.resources.html.rendering import given_parameters, html_response
from webapi.resources.pagination import page_links
from webapi.schemas.query_parameters import parse_page
from webapi.services import crawls, jobs
from webapi.sorting import NEWEST_CRAWLS_FIRST

TEMPLATE = "crawls.html"


def show_crawls() -> Response:
    """Show a page of the crawls, newest first, under a chart of the last ones."""
    parameters = given_parameters()
    now = datetime.now(UTC)
    try:
        limit, cursor = parse_page(parameters, NEWEST_CRAWLS_FIRST)
    except (InvalidQuery, QueryTooLong) as error:
        return html_response(TEMPLATE, HTTPStatus.BAD_REQUEST, error=str(error))
    page = crawls.list_crawls(limit, cursor)
    newest = crawls.list_crawls(SLOTS).items
    return html_response(
        TEMPLATE,
        runs=runs(page.items, now),
        chart=column_chart(newest, now) if newest else None,
        jobs=_jobs(now) if cursor is None else None,
        is_first_page=cursor is None,
        total=page.total,
        total_text=words.plural(page.total, "crawl"),
        links=page_links(page, parameters),
    )


def _jobs(now: datetime) -> Jobs | None:
    """Return the jobs of the queue, or None if there is no queue."""
    queue = jobs.read_queue()
    return None if queue is None else job_table(queue, jobs.read_unfinished(), now)
