"""The resources of crawls: the runs of spiders and how they ended."""

from typing import Any

from flask import request
from flask_restx import Resource

from webapi.resources.documentation import (
    LINK_HEADER,
    bad_query,
    crawl_list_model,
    crawl_model,
    docs,
    not_found,
    unavailable,
)
from webapi.resources.pages import Answer, envelope
from webapi.schemas.crawls import represent_crawl
from webapi.schemas.parameters import CRAWL_LIST
from webapi.schemas.queries import PageQuery, read_parameters
from webapi.services.crawls import CrawlService


class CrawlResource(Resource):  # type: ignore[misc]  # flask-restx ships no types
    """What the resources of crawls share: the service they are handed."""

    def __init__(self, *args: Any, crawls: CrawlService, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crawls = crawls


class CrawlListResource(CrawlResource):
    """The crawls."""

    @docs.doc("list_crawls", params={name: one.documentation for name, one in CRAWL_LIST.items()})
    @docs.response(200, "A page of crawls, newest first", crawl_list_model, headers=LINK_HEADER)
    @bad_query
    @unavailable
    def get(self) -> Any:
        """List the runs of spiders, newest first."""
        query = PageQuery.parse(request.args, "crawls")
        page = self.crawls.page(query.count, query.cursor)
        return envelope(page, "crawls", represent_crawl)


class OneCrawlResource(CrawlResource):
    """One crawl."""

    @docs.doc("get_crawl")
    @docs.response(200, "The crawl", crawl_model)
    @bad_query
    @not_found
    @unavailable
    def get(self, crawl_id: int) -> Answer:
        """Show a run: how it ended, what it counted, and how many products each fact was on."""
        read_parameters(request.args, {})
        return represent_crawl(self.crawls.get(crawl_id))
