"""What a crawl logs of its items."""

import logging

import pytest
from scrapy import Spider
from scrapy.http import Response

from aliscrape.items import ProductItem
from aliscrape.logs import QuietLogFormatter


@pytest.mark.parametrize(("level", "is_logged"), [("INFO", False), ("DEBUG", True)])
def test_items_are_logged_where_debugging_messages_are_printed(
    monkeypatch: pytest.MonkeyPatch, level: str, *, is_logged: bool
) -> None:
    handler = logging.StreamHandler()
    handler.setLevel(level)
    monkeypatch.setattr(logging.root, "handlers", [handler])
    item, response = ProductItem(aliexpress_id="1"), Response("https://www.aliexpress.com/")
    logged = QuietLogFormatter().scraped(item, response, Spider("category"))
    assert (logged is not None) is is_logged
