"""Crawls and a service whose connections to Postgres are lost, or whose server is stopped."""

import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db import engines, repeating
from db.catalog import record_sightings
from db.crawls import start_crawl as start_row
from db.database import close_database, database, open_database
from db.engines.postgres import PostgresEngine
from db.engines.watched_connection import RequestConnection, WatchedConnection
from db.errors import StorageError
from db.sightings import Sighting
from tests.conftest import API_KEY
from tests.crawls import ROOT, environment, finish, start_crawl, wait_for
from tests.forked import Command
from tests.listings import card, init_data
from tests.loopback import LoopbackSite, loopback_site
from tests.postgres import Postgres, rows
from tests.webapi.server import Service, serving

LISTING = "/w/wholesale-men-casual-shoes.html"
PAGES, PER_PAGE = 12, 20
ALL = PAGES * PER_PAGE
ANSWERED_WITHIN = 5
"""Seconds, while the server is down."""


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    """Return an empty database of the server."""
    url = postgres.new_database()
    yield url
    close_database()
    postgres.drop(url)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    """Return a listing of twelve pages."""
    with loopback_site({}) as served:
        for number in range(1, PAGES + 1):
            path = LISTING if number == 1 else f"{LISTING}?page={number}"
            served.pages[path] = listing(number)
        yield served


def listing(number: int) -> str:
    first = (number - 1) * PER_PAGE + 1
    return init_data([card(str(n)) for n in range(first, first + PER_PAGE)], number)


def crawl(site: LoopbackSite, url: str) -> Command:
    options = ("-a", f"url={site.url}{LISTING}", "-a", f"limit={ALL}")
    return start_crawl("category", *options, SITE_URL=site.url, DATABASE_URL=url)


def assert_all_is_stored_once(url: str) -> None:
    ids = [row[0] for row in rows(url, "SELECT aliexpress_id FROM product ORDER BY id")]
    assert ids == [str(number) for number in range(1, ALL + 1)]
    observed = "SELECT count(*), count(DISTINCT product_id) FROM observation"
    assert rows(url, observed) == [(ALL, ALL)]
    assert rows(url, "SELECT outcome, found, new FROM crawl") == [("done", ALL, ALL)]


@pytest.mark.long
@pytest.mark.parametrize("pause", [0.05, 0.2])
def test_a_crawl_whose_connections_are_killed_loses_and_doubles_nothing(
    site: LoopbackSite, url: str, postgres: Postgres, pause: float
) -> None:
    """They are killed before each page, and whenever the crawl happens to be at it."""

    def page(number: int) -> str:
        postgres.kill_connections(url)
        return listing(number)

    for number in range(2, PAGES + 1):
        site.pages[f"{LISTING}?page={number}"] = partial(page, number)
    ended = threading.Event()

    def kill() -> None:
        while not ended.wait(pause):
            postgres.kill_connections(url)

    running = crawl(site, url)
    while LISTING not in site.paths:
        time.sleep(0.01)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        done = finish(running)
    finally:
        ended.set()
        killer.join(30)
    assert done.exit_code == 0, done.log
    assert_all_is_stored_once(url)


def test_a_crawl_waits_for_a_server_that_is_started_again(
    site: LoopbackSite, url: str, postgres: Postgres
) -> None:
    def page() -> str:
        postgres.stop()
        return listing(3)

    site.pages[f"{LISTING}?page=3"] = page
    running = crawl(site, url)
    wait_for(running, "Trying again for up to a minute")
    postgres.start()
    done = finish(running)
    assert done.exit_code == 0, done.log
    assert_all_is_stored_once(url)


def test_a_server_that_is_absent_at_the_start_ends_the_crawl_with_7(site: LoopbackSite) -> None:
    done = finish(crawl(site, "postgresql://me:secret@127.0.0.1:1/shoes"))
    assert done.exit_code == 7, done.log
    assert "the database server cannot be reached" in done.last_line
    assert "secret" not in done.log
    assert site.paths == []


@pytest.mark.long
def test_a_server_that_stays_away_ends_the_crawl_with_a_sentence(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeating, "REPEAT_SECONDS", 2.0)
    open_database(url)
    number = start_row("category")
    postgres.stop()
    try:
        with pytest.raises(StorageError, match="store what the crawl saw: the database server"):
            record_sightings(number, [Sighting(aliexpress_id="1", title="Shoe")])
    finally:
        postgres.start()
    assert record_sightings(number, [Sighting(aliexpress_id="1", title="Shoe")]) == ["new"]


def test_a_commit_whose_answer_is_lost_is_found_again(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a page that is repeated because of it is not counted as known."""
    open_database(url)
    number = start_row("category")
    commit = database.obj.commit

    def commit_and_lose_the_answer() -> None:
        commit()
        monkeypatch.undo()
        postgres.kill_connections(url)
        database.obj.commit()

    monkeypatch.setattr(database.obj, "commit", commit_and_lose_the_answer)
    assert record_sightings(number, [Sighting(aliexpress_id="1", title="Shoe")]) == ["new"]
    assert rows(url, "SELECT count(*) FROM observation") == [(1,)]


def hurry() -> None:
    """Have this process give up after two seconds instead of a minute."""
    repeating.REPEAT_SECONDS = 2.0  # type: ignore[misc]  # it is final for all others


@pytest.mark.long
def test_a_crawl_goes_on_when_a_frozen_server_does(
    site: LoopbackSite, url: str, postgres: Postgres
) -> None:
    frozen = ExitStack()

    def page() -> str:
        frozen.enter_context(postgres.frozen())
        return listing(3)

    site.pages[f"{LISTING}?page=3"] = page
    running = crawl(site, url)
    with frozen:
        wait_for(running, "the database server does not answer. Trying again")
    done = finish(running)
    assert done.exit_code == 0, done.log
    assert_all_is_stored_once(url)


@pytest.mark.long
def test_a_server_that_stays_frozen_ends_the_crawl_with_7(
    site: LoopbackSite, url: str, postgres: Postgres
) -> None:
    with ExitStack() as frozen:

        def page() -> str:
            frozen.enter_context(postgres.frozen())
            return listing(3)

        site.pages[f"{LISTING}?page=3"] = page
        options = ("-a", f"url={site.url}{LISTING}", "-a", f"limit={ALL}", "-a", "details=no")
        variables = environment(SITE_URL=site.url, DATABASE_URL=url)
        done = finish(
            Command(
                ["crawl", "category", "-s", "DOWNLOAD_DELAY=0", *options],
                ROOT,
                variables,
                prepare=hurry,
            )
        )
    assert done.exit_code == 7, done.log
    assert "the database server does not answer" in done.last_line
    assert rows(url, "SELECT count(*) FROM product") == [(2 * PER_PAGE,)]


@pytest.mark.long
def test_a_statement_may_take_longer_than_a_silence_if_the_server_answers_others(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WatchedConnection, "patience", 0.2)
    open_database(url)
    assert database.execute_sql("SELECT 1 FROM pg_sleep(1)").fetchall() == [(1,)]


@pytest.mark.long
def test_a_migration_at_the_start_of_a_service_may_take_longer_than_a_request(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate_slowly(server: Any, *_: object) -> None:
        server.execute_sql("SELECT pg_sleep(1)")

    monkeypatch.setattr(RequestConnection, "patience", 0.2)
    monkeypatch.setattr(engines.postgres, "migrate", migrate_slowly)
    pool: Any = PostgresEngine(url).open_for_service()
    assert pool.execute_sql("SELECT 1").fetchall() == [(1,)]
    pool.close_all()


@pytest.mark.long
def test_a_commit_that_a_frozen_server_does_later_is_found_again(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new connection waits until the old one's transaction has ended."""
    monkeypatch.setattr(WatchedConnection, "patience", 0.2)
    open_database(url)
    number = start_row("category")
    close = WatchedConnection.close
    frozen = ExitStack()

    def thaw(connection: WatchedConnection) -> None:
        """Close a connection that was given up, and let the server do what it was sent."""
        close(connection)
        frozen.close()

    commit = database.obj.commit

    def commit_to_a_frozen_server() -> None:
        monkeypatch.setattr(database.obj, "commit", commit)
        monkeypatch.setattr(WatchedConnection, "close", thaw)
        frozen.enter_context(postgres.frozen())
        commit()

    monkeypatch.setattr(database.obj, "commit", commit_to_a_frozen_server)
    with frozen:
        assert record_sightings(number, [Sighting(aliexpress_id="1", title="Shoe")]) == ["new"]
    assert rows(url, "SELECT count(*) FROM observation") == [(1,)]


def test_a_commit_in_progress_is_waited_for(url: str) -> None:
    """The server goes on with what it was sent before the connection was lost."""
    engine = PostgresEngine(url)

    def commit_later() -> None:
        lost: Any = engine.open()
        with engine.transaction(lost):
            number = "SELECT pg_current_xact_id()::text"
            numbers.append(lost.execute_sql(number).fetchall()[0][0])
            begun.set()
            assert not asked.wait(0.5)
        lost.close()

    numbers: list[str] = []
    begun, asked = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        committing = threads.submit(commit_later)
        assert begun.wait(30)
        new = engine.open()
        assert engine.is_committed(new, numbers[0])
        asked.set()
        new.close()
        committing.result(30)


@pytest.mark.long
def test_a_lock_that_another_crawl_has_taken_is_not_taken_for_ours(
    url: str, postgres: Postgres
) -> None:
    """However often the crawl asks after its connection was lost."""
    engine = PostgresEngine(url)
    lock = engine.take_crawl_lock("category", "a listing")
    assert lock is not None
    postgres.kill_connections(url)
    other = engine.take_crawl_lock("category", "a listing")
    assert other is not None
    for _ in range(2):
        with pytest.raises(StorageError, match="another crawl of this listing has begun"):
            lock.renew()
    other.release()
    lock.renew()
    assert engine.take_crawl_lock("category", "a listing") is None
    lock.release()


def ask(url: str, method: str = "GET", body: object = None) -> int:
    """Return the status of the response."""
    headers = {"X-API-Key": API_KEY, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code if error.headers["Content-Type"] == "application/problem+json" else 0


def wait_until_answered(
    url: str, status: int = 200, method: str = "GET", body: object = None
) -> None:
    """Ask again until the server is used again, which each of the workers tries after a moment."""
    until = time.monotonic() + 30
    while ask(url, method, body) != status:
        assert time.monotonic() < until


@pytest.fixture
def service(url: str, tmp_path: Path) -> Iterator[Service]:
    with serving(url, tmp_path) as served:
        yield served


@pytest.mark.long
def test_a_service_whose_connections_are_killed_writes_nothing_twice(
    service: Service, url: str, postgres: Postgres
) -> None:
    products = f"{service}/api/v1/products"
    ended = threading.Event()

    def write(writer: int) -> dict[str, int]:
        answers: dict[str, int] = {}
        for number in itertools.count():
            if ended.is_set():
                return answers
            title = f"Shoe {writer} {number}"
            answers[title] = ask(products, "POST", {"title": title})
        raise AssertionError

    def read(path: str) -> Counter[int]:
        statuses: Counter[int] = Counter()
        while not ended.is_set():
            statuses[ask(f"{service}{path}")] += 1
        return statuses

    paths = ("/api/v1/products", "/api/v1/products?q=shoe", "/api/v1/crawls", "/health/ready")
    with ThreadPoolExecutor(8) as threads:
        writers = [threads.submit(write, number) for number in range(4)]
        readers = [threads.submit(read, path) for path in paths]
        for _ in range(40):
            postgres.kill_connections(url)
            time.sleep(0.05)  # the pace of the killing
        ended.set()
        answers = {title: status for w in writers for title, status in w.result(60).items()}
        statuses = [reader.result(60) for reader in readers]
    stored = Counter(row[0] for row in rows(url, "SELECT title FROM product"))
    assert set(answers.values()) <= {201, 503}
    assert all(set(counted) <= {200, 503} for counted in statuses), statuses
    assert all(counted[200] for counted in statuses)
    assert set(stored.values()) == {1}
    assert {title for title, status in answers.items() if status == 201} <= set(stored)
    assert set(stored) <= set(answers)
    wait_until_answered(products)


def test_a_service_answers_503_at_once_while_the_server_is_down_and_then_recovers(
    service: Service, postgres: Postgres
) -> None:
    paths = ("/api/v1/products", "/health/ready", "/api/v1/products/1/history")
    assert ask(f"{service}/api/v1/products") == 200
    postgres.stop()
    try:
        for path in paths:
            begun = time.monotonic()
            assert ask(f"{service}{path}") == 503
            assert time.monotonic() - begun < ANSWERED_WITHIN
        assert ask(f"{service}/api/v1/products", "POST", {"title": "Shoe"}) == 503
        assert ask(f"{service}/health/live") == 200
    finally:
        postgres.start()
    wait_until_answered(f"{service}/api/v1/products", 201, "POST", {"title": "Shoe"})
    wait_until_answered(f"{service}/api/v1/products")


@pytest.mark.long
def test_a_service_on_a_frozen_server_answers_503_within_5_seconds_and_then_recovers(
    service: Service, url: str, postgres: Postgres
) -> None:
    """Some requests meet it while it is at work for them, some on the way to it."""
    products = f"{service}/api/v1/products"
    ended = threading.Event()
    slowest: list[float] = []

    def timed(url: str, method: str = "GET", body: object = None) -> int:
        begun = time.monotonic()
        status = ask(url, method, body)
        slowest.append(time.monotonic() - begun)
        return status

    def write(writer: int) -> dict[str, int]:
        answers: dict[str, int] = {}
        while not ended.is_set():
            title = f"Shoe {writer} {len(answers)}"
            answers[title] = timed(products, "POST", {"title": title})
        return answers

    def read(path: str) -> Counter[int]:
        statuses: Counter[int] = Counter()
        while not ended.is_set():
            statuses[timed(f"{service}{path}")] += 1
        return statuses

    paths = ("/api/v1/products", "/api/v1/products?q=shoe", "/health/ready", "/health/ready")
    with ThreadPoolExecutor(12) as threads:
        writers = [threads.submit(write, number) for number in range(6)]
        readers = [threads.submit(read, path) for path in paths]
        try:
            for _ in range(2):
                until = len(slowest) + 200
                while len(slowest) < until:
                    time.sleep(0.01)
                with postgres.frozen():
                    time.sleep(8)  # longer than any request
                    assert ask(f"{service}/health/live") == 200
        finally:
            ended.set()
        answers = {title: status for w in writers for title, status in w.result(60).items()}
        statuses = [reader.result(60) for reader in readers]
    assert max(slowest) < ANSWERED_WITHIN
    assert set(answers.values()) == {201, 503}
    assert all(set(counted) == {200, 503} for counted in statuses), statuses
    stored = Counter(row[0] for row in rows(url, "SELECT title FROM product"))
    assert set(stored.values()) == {1}
    assert {title for title, status in answers.items() if status == 201} <= set(stored)
    assert set(stored) <= set(answers)
    wait_until_answered(products)
