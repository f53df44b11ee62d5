"""The crawls: how each run of a spider ended and what it found."""

from typing import Any

from flask import request
from flask_restx import Resource

from webapi.resources.documentation import (
    ID,
    LINK_HEADER,
    crawls_ns,
    models,
    problems,
    query_parameters,
)
from webapi.resources.pagination import Answer, page_response
from webapi.schemas.crawls import represent_crawl
from webapi.schemas.query_parameters import PAGE, parse_page, refuse_parameters
from webapi.services import crawls
from webapi.sorting import NEWEST_CRAWLS_FIRST


@crawls_ns.route("", endpoint="crawls")
class CrawlListResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """All crawls."""

    @crawls_ns.doc("list_crawls", params=query_parameters(PAGE))
    @crawls_ns.response(200, "A page of crawls", models["CrawlList"], headers=LINK_HEADER)
    @problems(400)
    def get(self) -> Any:
        """List the runs of the spiders, newest first."""
        limit, cursor = parse_page(request.args, NEWEST_CRAWLS_FIRST)
        return page_response(crawls.list_crawls(limit, cursor), represent_crawl)


@crawls_ns.route(f"/<{ID}:crawl_id>", endpoint="crawl")
class CrawlResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """One crawl."""

    @crawls_ns.doc("get_crawl")
    @crawls_ns.response(200, "The crawl", models["Crawl"])
    @problems(400, 404)
    def get(self, crawl_id: int) -> Answer:
        """Return a crawl: how it ended, its counts, and on how many products each fact was."""
        refuse_parameters(request)
        return represent_crawl(crawls.get_crawl(crawl_id))
