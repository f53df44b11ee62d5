"""Repeat what a crawl reads or writes while the database server cannot be reached."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from db.database import close_database, is_transient
from db.errors import StorageError

logger = logging.getLogger(__name__)

REPEAT_SECONDS: Final = 60.0
"""How long a crawl goes on trying. Then it ends, and nothing of the page is stored."""
PAUSE_SECONDS: Final = 1.0

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def repeated(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Repeat a function of one transaction on a new connection, for up to a minute.

    It is for crawls. The service answers requests at once.
    """

    @wraps(function)
    def repeating(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
        until = time.monotonic() + REPEAT_SECONDS
        while True:
            try:
                return function(*args, **named)
            except StorageError as error:
                if not is_transient(error) or time.monotonic() > until:
                    raise
                logger.warning("%s Trying again for up to a minute.", error)
                close_database()
                time.sleep(PAUSE_SECONDS)

    return repeating
