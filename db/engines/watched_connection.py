"""Connections that notice when the server has stopped answering.

The system of a frozen server goes on acknowledging what is sent to it, so the timeouts of TCP do
not help. A server that is at work on a statement is silent too.
"""

import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg

if TYPE_CHECKING:
    from psycopg.abc import PQGen

SILENCE: Final = "the server does not answer"

Result = TypeVar("Result")


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that is lost if the server is silent and does not answer another one either.

    So a statement may take as long as it needs.
    """

    lock_wait = 4
    """How many seconds a statement waits for a lock that another writer holds."""
    patience: float = lock_wait + 1
    """Seconds of silence after which the server is asked. Waiting for a lock must end before."""
    is_silent = False
    """Whether the connection is lost because of that."""

    def wait(
        self, gen: "PQGen[Result]", interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Let the driver wait for the server, as for each command and result."""
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: "PQGen[Result]") -> "PQGen[Result]":
        """Pass on what the driver waits for. It is told of each interval without an answer."""
        heard_at = time.monotonic()
        try:
            awaited = next(gen)
            while True:
                ready = yield awaited
                if ready:
                    heard_at = time.monotonic()
                elif time.monotonic() > heard_at + self.patience:
                    self._require_answer()
                    heard_at = time.monotonic()
                awaited = gen.send(ready)
        except StopIteration as end:
            result: Result = end.value
            return result

    def _require_answer(self) -> None:
        if not self.is_server_answering():
            self.is_silent = True
            self.close()
            raise psycopg.OperationalError(SILENCE)

    def is_server_answering(self) -> bool:
        """Return whether the server answers another connection. A refusal is an answer."""
        try:
            psycopg.connect(self.info.dsn, password=self.info.password).close()
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.OperationalError:
            return True
        return True


class RequestConnection(WatchedConnection):
    """A connection for a request, which is answered within five seconds: silence is enough."""

    lock_wait = 2
    patience = lock_wait + 0.5

    def is_server_answering(self) -> bool:
        return False
