"""Backups and restored backups, taken and put back while others use the database."""

import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from db.catalog import record_sightings
from db.crawls import start_crawl
from db.database import close_database, open_database
from db.engines.file_lock import FileLock
from db.engines.sqlite import SqliteEngine
from db.engines.sqlite_restore import restore
from db.errors import StorageError
from db.sightings import Sighting
from tests.crawls import ROOT, environment
from tests.db.make_schemas import SCHEMAS

pytestmark = pytest.mark.sqlite  # backups of files; test_transfer has those of Postgres

PAGE = 20
"""Products that are written in one transaction."""


def run(module: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def back_up(database: Path, target: Path) -> None:
    SqliteEngine(f"sqlite:///{database}").back_up(target)


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def titles(path: Path) -> list[str]:
    return [title for (title,) in rows(path, "SELECT title FROM product ORDER BY id")]


def make_catalog(path: Path, *names: str) -> Path:
    open_database(f"sqlite:///{path}")
    page = [Sighting(aliexpress_id=str(n), title=name) for n, name in enumerate(names, 1)]
    record_sightings(start_crawl("category"), page)
    close_database()
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return make_catalog(tmp_path / "data" / "aliscrape.db", "Old shoe")


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return make_catalog(tmp_path / "backups" / "one.db", "Saved shoe", "Saved boot")


class Writer:
    """A crawl in a thread of its own, which stores page after page until it is told to stop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stop = threading.Event()
        self.has_begun = threading.Event()
        self.errors: list[Exception] = []
        self.thread = threading.Thread(target=self._write)

    def _write(self) -> None:
        try:
            open_database(f"sqlite:///{self.path}")
            number = 0
            while not self.stop.is_set():
                page = range(1000 + number, 1000 + number + PAGE)
                seen = [Sighting(aliexpress_id=str(n), title=f"Shoe {n}") for n in page]
                record_sightings(1, seen)
                number += PAGE
                self.has_begun.set()
        except StorageError as error:
            self.errors.append(error)
            self.has_begun.set()
        finally:
            close_database()

    def __enter__(self) -> "Writer":
        self.thread.start()
        assert self.has_begun.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(30)


def test_a_backup_goes_into_a_folder_by_its_instant_and_its_path_is_printed_last(
    catalog: Path, tmp_path: Path
) -> None:
    done = run("db.backup", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    path = done.stdout.splitlines()[-1]
    assert re.fullmatch(r"data/backups/\d{8}T\d{6}\.\d{6}Z\.db", path)
    assert titles(tmp_path / path) == ["Old shoe"]
    assert [file.name for file in (tmp_path / path).parent.iterdir()] == [Path(path).name]


def test_a_backup_goes_into_the_file_that_is_named(catalog: Path, tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "backup of today.db"
    done = run("db.backup", str(target), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{target}\n")
    assert titles(target) == ["Old shoe"]


def test_each_backup_beside_a_crawl_has_whole_pages(catalog: Path, tmp_path: Path) -> None:
    with Writer(catalog) as crawl:
        for number in range(10):
            back_up(catalog, tmp_path / f"{number}.db")
    assert crawl.errors == []
    counts = []
    for number in range(10):
        path = tmp_path / f"{number}.db"
        counts += rows(path, "SELECT count(*) FROM product WHERE CAST(aliexpress_id AS INT) > 999")
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert all(count % PAGE == 0 for (count,) in counts), counts
    assert counts[0] < counts[-1]


def test_a_backup_without_a_database_is_refused(tmp_path: Path) -> None:
    done = run("db.backup", folder=tmp_path)
    assert done.returncode == 1
    assert "There is no database data/aliscrape.db" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["data/aliscrape.db", "notes.txt"])
def test_a_backup_overwrites_nothing(catalog: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    before = (tmp_path / target).read_bytes()
    done = run("db.backup", target, folder=tmp_path)
    assert done.returncode == 1
    assert f"{target} exists already" in done.stderr
    assert (tmp_path / target).read_bytes() == before


def test_a_backup_that_cannot_be_written_leaves_nothing(catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="Could not write"):
        back_up(catalog, tmp_path / "file" / "backup.db")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(StorageError, match="not a database"):
        back_up(tmp_path / "broken.db", tmp_path / "copies" / "backup.db")
    assert list((tmp_path / "copies").iterdir()) == []


# Restoring


def test_a_backup_is_restored_where_there_is_no_database(backup: Path, tmp_path: Path) -> None:
    done = run("db.restore", str(backup), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert titles(tmp_path / "data/aliscrape.db") == ["Saved shoe", "Saved boot"]
    assert done.stdout == f"Restored data/aliscrape.db from {backup}\n"


def test_the_replaced_database_is_kept_beside_the_restored_one(
    catalog: Path, backup: Path, tmp_path: Path
) -> None:
    done = run("db.restore", str(backup), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert titles(catalog) == ["Saved shoe", "Saved boot"]
    (kept,) = catalog.parent.glob("aliscrape-replaced-*.db")
    assert titles(kept) == ["Old shoe"]
    assert f"kept in data/{kept.name}" in done.stdout
    assert titles(backup) == ["Saved shoe", "Saved boot"]
    open_database(f"sqlite:///{catalog}")
    close_database()


def test_who_has_the_database_open_reads_and_writes_the_restored_one(
    catalog: Path, backup: Path
) -> None:
    with Writer(catalog) as service:
        restored = restore(backup, catalog)
        service.has_begun.clear()
        assert service.has_begun.wait(30)
    assert service.errors == []
    assert rows(catalog, "PRAGMA integrity_check") == [("ok",)]
    assert restored is not None
    written = [title for title in titles(restored) if title != "Old shoe"]
    later = titles(catalog)
    assert later[:2] == ["Saved shoe", "Saved boot"]
    assert not set(written) & set(later)
    assert len(written) + len(later) - 2 == len({*written, *later[2:]})
    assert {later[2]} == {f"Shoe {1000 + len(written)}"}, "no page is lost between the two"


def test_a_backup_of_an_earlier_release_is_migrated(catalog: Path) -> None:
    """Its pages are smaller, too."""
    oldest = min(SCHEMAS.glob("*.db"))
    before = oldest.read_bytes()
    restore(oldest, catalog)
    assert titles(catalog)[0] == "Canvas shoe"
    assert rows(catalog, "SELECT max(name) > '0001_x' FROM schema_migration") == [(1,)]
    assert oldest.read_bytes() == before
    assert len(list(catalog.parent.glob("*.db"))) == 2, "the migrated copy needs no copy of its own"


def write_text(path: Path) -> None:
    path.write_text("a letter to somebody" * 100)


def write_nothing(path: Path) -> None:
    path.touch()


def write_other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE product (title TEXT)")


def write_newer_schema(path: Path) -> None:
    make_catalog(path, "Shoe of the future")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_x', 'now')")


def write_damaged(path: Path) -> None:
    make_catalog(path, *(f"Shoe {number}" for number in range(500)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    middle = len(data) // 8192 * 4096
    path.write_bytes(data[:middle] + b"\xff" * 8192 + data[middle + 8192 :])


@pytest.mark.parametrize(
    ("write", "words"),
    [
        pytest.param(lambda _: None, "There is no backup", id="missing"),
        pytest.param(Path.mkdir, "There is no backup", id="a folder"),
        pytest.param(write_text, "not a database", id="a text"),
        pytest.param(write_nothing, "no aliscrape database", id="empty"),
        pytest.param(write_other_database, "no aliscrape database", id="another database"),
        pytest.param(write_newer_schema, "newer schema", id="a newer schema"),
        pytest.param(write_damaged, "damaged|malformed", id="damaged"),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(
    catalog: Path, tmp_path: Path, write: Callable[[Path], None], words: str
) -> None:
    file = tmp_path / "backup.db"
    write(file)
    before = sorted(path.name for path in catalog.parent.iterdir())
    with pytest.raises(StorageError, match=words):
        restore(file, catalog)
    assert titles(catalog) == ["Old shoe"]
    assert sorted(path.name for path in catalog.parent.iterdir()) == before


def test_nothing_is_restored_while_a_crawl_runs(catalog: Path, backup: Path) -> None:
    lock = FileLock.take(catalog, "category", "a listing")
    assert lock is not None
    with pytest.raises(StorageError, match="A crawl is using"):
        restore(backup, catalog)
    assert titles(catalog) == ["Old shoe"]
    assert list(catalog.parent.glob("*replaced*")) == []
    lock.release()
    restore(backup, catalog)
    assert titles(catalog) == ["Saved shoe", "Saved boot"]


def test_a_damaged_database_is_set_aside(catalog: Path, backup: Path) -> None:
    damaged = b"SQLite format 3\0" + b"\xff" * 5000
    catalog.write_bytes(damaged)
    replaced = restore(backup, catalog)
    assert replaced is not None
    assert replaced.read_bytes() == damaged
    assert titles(catalog) == ["Saved shoe", "Saved boot"]


def test_restoring_needs_a_file(tmp_path: Path) -> None:
    done = run("db.restore", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "FILE=" in done.stderr


def test_make_passes_the_files_on(tmp_path: Path) -> None:
    """`make -n` prints what would be run."""
    file = "a folder/one.db"
    for command, expected in [
        (["backup"], "-m db.backup"),
        (["backup", f"FILE={file}"], f'-m db.backup "{file}"'),
        (["restore", f"FILE={file}"], f'-m db.restore "{file}"'),
        (["prune", "KEEP_DAYS=90"], '-m db.prune "90"'),
    ]:
        printed = subprocess.run(
            ["make", "-n", "--no-print-directory", *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert printed.stdout.splitlines()[-1].strip() == f".venv/bin/python {expected}"
