"""A Postgres server of the tests' own: Debian's, on a free port, run by an ordinary user."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from db.engines.postgres import PostgresEngine
from tests.loopback import free_port
from tests.processes import children

DEBIAN = Path("/usr/lib/postgresql")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # no test pulls the plug
    "shared_buffers": "32MB",
    "max_connections": "200",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """Return the folder of the server's programs, or None where no server is installed."""
    found = shutil.which("initdb")
    if found is not None and (folder := Path(found).resolve().parent / "postgres").exists():
        return folder.parent
    return max(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), default=None)


class Postgres:
    """A server, and new databases on it."""

    def __init__(self, folder: Path, bin_folder: Path, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self.port = free_port()
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._bin = bin_folder
        self._numbers = count(1)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as an ordinary user: it refuses to run as root."""
        is_root = os.getuid() == 0
        subprocess.run(
            [self._bin / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user="nobody" if is_root else None,
            group="nogroup" if is_root else None,
            extra_groups=[] if is_root else None,
        )

    def start(self) -> None:
        settings = {**self._settings, "port": str(self.port)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.run("pg_ctl", "-w", "-l", str(self._log), "-o", options, "start")

    def stop(self) -> None:
        """Stop the server at once, and end all connections."""
        self.run("pg_ctl", "-w", "-m", "fast", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze all its processes. Its connections stay open, and the system accepts new ones.

        The first one is stopped before its children are listed, so that it starts no other.
        """
        os.kill(self.pid, signal.SIGSTOP)
        stopped = [self.pid, *children(self.pid)]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(stopped):
                os.kill(pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The process that all others of the server descend from."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def url(self, name: str) -> str:
        return f"postgresql://aliscrape@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        """Execute a statement on a connection of its own."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def make_template(self) -> None:
        """Make the database that `new_database` copies, with our schema."""
        self.execute("CREATE DATABASE template_aliscrape")
        PostgresEngine(self.url("template_aliscrape")).open().close()

    def new_database(self, template: str = "template_aliscrape") -> str:
        """Return the URL of a new, empty database. A copy takes 20 ms."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def kill_connections(self, url: str) -> None:
        """End all connections to a database, as an administrator or a restart does."""
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        rows(self.url("postgres"), kill, url.rpartition("/")[2])

    def drop(self, url: str) -> None:
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@contextmanager
def running(bin_folder: Path, settings: Mapping[str, str] = SETTINGS) -> Iterator[Postgres]:
    """Run a server."""
    with TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        server = Postgres(folder, bin_folder, settings)
        server.run(
            "initdb", "--username=aliscrape", "--auth=trust", "--no-sync", "--locale-provider=icu",
            "--icu-locale=en-US",  # it sorts texts by other rules than Python and SQLite
            "--locale=C",
            "--encoding=UTF8",
        )  # fmt: skip
        server.start()
        try:
            server.make_template()
            yield server
        finally:
            server.run("pg_ctl", "-m", "immediate", "stop")


def rows(url: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query that has `%s` for its values, on a connection of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query, values or None)
        return [] if cursor.description is None else list(cursor.fetchall())
