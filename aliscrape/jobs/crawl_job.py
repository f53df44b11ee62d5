"""A job: one crawl of one listing for one country."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

COUNTRY: Final[Mapping[str, str]] = {
    "region": "ALIEXPRESS_REGION",
    "currency": "ALIEXPRESS_CURRENCY",
    "locale": "ALIEXPRESS_LOCALE",
}
"""The keys of a country in jobs.toml, each with the setting of a crawl."""


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """A crawl as jobs.toml describes it."""

    spider: str
    arguments: Mapping[str, str]
    settings: Mapping[str, str]
    """SITE_URL and the settings of the country."""
    lock: str
    """Jobs with the same lock never run at the same time."""
    schedule: str | None = None

    @property
    def title(self) -> str:
        """Return spider, country and arguments in one line.

        >>> eur = {"ALIEXPRESS_REGION": "DE", "ALIEXPRESS_CURRENCY": "EUR"}
        >>> CrawlJob("category", {"limit": "50", "url": "https://a/w/x.html"}, eur, "a").title
        'category DE EUR limit=50 url=https://a/w/x.html'
        """
        country = [self.settings[name] for name in list(COUNTRY.values())[:2]
                   if name in self.settings]  # fmt: skip
        given = [f"{name}={value}" for name, value in sorted(self.arguments.items())]
        return " ".join([self.spider, *country, *given])

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the job in the queue."""
        return {
            "title": self.title,
            "spider": self.spider,
            "arguments": dict(self.arguments),
            "settings": dict(self.settings),
        }

    @property
    def key(self) -> str:
        """Return a digest that equal crawls share. Only one of them waits in the queue."""
        return sha256(json.dumps(self.parameters, sort_keys=True).encode()).hexdigest()
