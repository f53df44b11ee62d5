"""Parts that fail: a pipeline, an extension, and any function, replaced by one that raises."""

import importlib
from typing import Any, NoReturn, Self

from scrapy import signals
from scrapy.crawler import Crawler

BUG = "\x1b[2Ja bug of ours"
"""A message that would clear a terminal."""


class FailingPipeline:
    """A pipeline with a bug that only some items meet."""

    def process_item(self, item: Any) -> Any:
        if item.aliexpress_id == "2":
            raise RuntimeError("a bug of ours")
        return item


class FailingHandler:
    """An extension whose handler of the signal FAILING_SIGNAL raises."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        handler = cls()
        signal = getattr(signals, crawler.settings["FAILING_SIGNAL"])
        crawler.signals.connect(handler.fail, signal=signal)
        return handler

    def fail(self) -> NoReturn:
        raise RuntimeError(BUG)


def fail(*_arguments: object, **_named: object) -> NoReturn:
    raise RuntimeError(BUG)


def break_function(path: str) -> None:
    """Replace a function such as `aliscrape.pipelines.store:record_gone` with one that raises."""
    module, _, name = path.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, function = name.split(".")
    for part in classes:
        owner = getattr(owner, part)
    assert callable(getattr(owner, function)), path
    setattr(owner, function, fail)
