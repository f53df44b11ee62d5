"""Open the queue of the settings for a command. Its tables are made or upgraded first."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from scrapy.settings import BaseSettings

from aliscrape.jobs.errors import QueueError
from aliscrape.jobs.queue import WorkerOptions, make_app
from aliscrape.jobs.schema import migrate

T = TypeVar("T")


def with_queue(
    settings: BaseSettings, use: Callable[[App], Awaitable[T]], crawl_options: Sequence[str] = ()
) -> T:
    """Open the queue, call a function with it, and return the result.

    Raises QueueError if the database fails.
    """
    url = settings["DATABASE_URL"]
    if not url.startswith(("postgresql://", "postgres://")):
        raise QueueError(
            "Workers share a Postgres. Name it in DATABASE_URL: postgresql://user@host/database"
        )
    options = WorkerOptions.of(settings, crawl_options)

    async def run() -> T:
        app = make_app(url, options)
        async with app.open_async():
            return await use(app)

    try:
        migrate(url)
        return asyncio.run(run())
    except (ConnectorException, psycopg.Error) as error:
        raise QueueError(f"The queue cannot be used: {error.__cause__ or error}") from error
