"""Parts that fail, to be set in place of good ones."""

from typing import Any


class FailingPipeline:
    """A pipeline with a bug that only some items meet."""

    def process_item(self, item: Any) -> Any:
        if item.aliexpress_id == "2":
            raise RuntimeError("a bug of ours")
        return item
