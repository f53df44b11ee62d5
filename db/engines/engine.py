"""The verbs in which the kinds of databases differ."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from peewee import Database, Expression


class CrawlLock(Protocol):
    """The right to be the only crawl of a spider and a listing. It ends with the process."""

    def renew(self) -> None:
        """Take the lock again if it was lost. Raises StorageError if another crawl has it now."""

    def release(self) -> None:
        """Let other crawls have the lock."""


class Engine(ABC):
    """A database that a URL names."""

    name: str
    """The database in words, for messages. No password is in it."""
    backup_ending: str
    """How the names of its backups end."""

    @abstractmethod
    def __init__(self, url: str) -> None:
        """Raise StorageError if the URL names no database of this kind."""

    @abstractmethod
    def open(self) -> Database:
        """Return the database, connected and with our schema. Raises StorageError."""

    @abstractmethod
    def open_for_service(self) -> Database:
        """Return the same for a service with threads. They reuse connections."""

    @abstractmethod
    def release(self, database: Database) -> None:
        """Return this thread's connection to the pool at the end of a request, if it has one."""

    @abstractmethod
    def inspect(self) -> str:
        """Return the state without changing it: "missing", "empty", "older schema" or "current".

        Only a file can be missing. Raises StorageError if a crawl could not write.
        """

    @abstractmethod
    def check(self, database: Database) -> None:
        """Raise StorageError unless the open database can be read and has our schema."""

    @abstractmethod
    def transaction(self, database: Database) -> AbstractContextManager[None]:
        """Run a transaction without other writers between its statements."""

    @abstractmethod
    def snapshot(self, database: Database) -> AbstractContextManager[None]:
        """Run a transaction in which all queries read the same state of the database."""

    @abstractmethod
    def stream(self, query: Any) -> Iterator[Any]:
        """Yield the rows of a query inside a snapshot, without holding all in memory."""

    @abstractmethod
    def title_matches(self, query: Any) -> Expression:
        """Return the condition that a product's title has the words of `db.search.match_text`."""

    @abstractmethod
    def continue_ids(self, database: Database, table: str) -> None:
        """Have new rows get ids above those that a copy has brought into a table."""

    @abstractmethod
    def is_transient(self, error: BaseException) -> bool:
        """Return whether the same statements may work in a moment, on a new connection."""

    @abstractmethod
    def use(self) -> AbstractContextManager[None]:
        """Mark the database as used by a service, and tidy up when the service has ended."""

    @abstractmethod
    def take_crawl_lock(self, spider: str, target: str | None) -> CrawlLock | None:
        """Return the lock of a crawl, or None if another crawl holds it. Raises StorageError."""

    @abstractmethod
    def back_up(self, target: Path) -> None:
        """Write the database, which may be in use, to a new file. Raises StorageError."""

    @abstractmethod
    def restore(self, backup: Path) -> Path | None:
        """Replace the database by a backup; return where the replaced one is kept, if any.

        Raises StorageError, and nothing has changed, if the backup is none or if a crawl runs.
        """
