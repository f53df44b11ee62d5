"""The possible outcomes of a crawl, with exit code and advice."""

from enum import Enum
from typing import Final

from scrapy.exceptions import IgnoreRequest


class Outcome(Enum):
    """How a crawl ended: its words, the exit code of `scrapy crawl`, and what to do next.

    The most severe outcome is first. It is the one reported when several apply.
    """

    ALREADY_RUNNING = "already running", 75, "Wait for the other crawl to end."
    INTERRUPTED = "interrupted", 8, "Run it again. What was good is stored."
    STORAGE_FAILED = "storage failed", 7, "Fix what the last line names, then run it again."
    BLOCKED = "blocked", 5, (
        "Wait some hours, then crawl less often and fewer pages. Blocks were reported to last from "
        "5 minutes to over an hour, and trying again sooner makes them longer."
    )  # fmt: skip
    NOT_UNDERSTOOD = "not understood", 6, "Update aliscrape or add the layout: see failed-pages."
    FORBIDDEN = "forbidden by robots.txt", 9, "Choose another listing, or ask the site's owners."
    PARTIAL = "partial", 3, "Run it again later. What was good is stored."
    EMPTY = "empty", 4, "Look at the listing in a browser: it may have moved."
    DONE = "done", 0, "Nothing. Run it again tomorrow to extend the price history."

    def __init__(self, words: str, exit_code: int, advice: str) -> None:
        self.words = words
        self.exit_code = exit_code
        self.advice = advice


Ending = tuple[Outcome, str]
"""An outcome and the reason for it, as a sentence."""

CRASHED: Final = {
    "outcome": "crashed",
    "reason": "The crawl was killed before it could record how it ended.",
    "advice": "Run it again. What was stored before is kept.",
}
"""What the next crawl writes into the row of a crawl whose process was killed."""


class StopCrawl(IgnoreRequest):
    """A request is not made, or its response not used, and the crawl ends for this reason."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.ending: Ending = (outcome, reason)
