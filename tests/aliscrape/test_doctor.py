"""`scrapy doctor` from outside: its lines, its exit code, what it asks for, and its report."""

import json
import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from db.database import close_database, open_database
from tests import forked
from tests.aliscrape.test_casual_shoes import (
    BY_NAME,
    CASUAL,
    INDEX,
    KNOWN,
    MENS,
    SEARCH,
    confirmed,
    listing,
)  # fmt: skip
from tests.browsers import needs_browser
from tests.crawls import NO_BROWSER, ROOT, environment, scrapy_crawl
from tests.listings import (
    PUNISH,
    block_page,
    card,
    fields,
    init_data_of,
    script_listing,
    search_reply,
)
from tests.loopback import LoopbackSite, Reply, free_port, loopback_site
from tests.mockshop.server import open_shop
from tests.postgres import Postgres, rows
from tests.products import FREE, modules_page

NAMES = ["Python", "SQLite", "database", "API key", "browser", "network", "robots.txt", "listing",
         "product page"]  # fmt: skip
LINE = re.compile(rf"(ok|FAIL|skip) +({'|'.join(map(re.escape, NAMES))}) (.*)")


@dataclass(frozen=True)
class Diagnosis:
    """What `scrapy doctor` printed, and its exit code."""

    exit_code: int
    output: str
    errors: str

    @property
    def lines(self) -> dict[str, tuple[str, str]]:
        """State and detail by the name of the check."""
        found = [LINE.fullmatch(line) for line in self.output.splitlines()]
        return {line[2]: (line[1], line[3].strip()) for line in found if line}

    def state(self, name: str) -> str:
        return self.lines[name][0]

    def detail(self, name: str) -> str:
        return self.lines[name][1]


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    with loopback_site({}) as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def doctor(
    folder: Path, site_url: str, *options: str, has_browser: bool = False, **variables: str
) -> Diagnosis:
    """Run the command in a folder of its own: it looks at data/api-key."""
    fixed = {
        "SCRAPY_SETTINGS_MODULE": "aliscrape.settings", "PYTHONPATH": str(ROOT),
        "SITE_URL": site_url, "DATABASE_URL": f"sqlite:///{folder}/aliscrape.db",
    }  # fmt: skip
    browser = {} if has_browser else NO_BROWSER
    done = forked.run(
        ["doctor", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_PAUSE=0", *options],
        folder,
        environment(**fixed | browser | variables),
    )
    return Diagnosis(done.returncode, done.stdout, done.stderr)


def asked_pages(site: LoopbackSite) -> list[str]:
    return [path for path in site.paths if not path.startswith(("/fn/", "/favicon"))]


# A site that can be crawled


@needs_browser
@pytest.mark.long
def test_where_a_crawl_would_work_every_line_is_ok_and_nothing_is_stored(folder: Path) -> None:
    with open_shop() as shop:
        found = doctor(folder, shop.url, has_browser=True)
        asked = [path for path in shop.asked if not path.startswith(("/h5/", "/favicon"))]
    assert found.exit_code == 0, found
    assert {name: state for name, (state, _) in found.lines.items()} == dict.fromkeys(NAMES, "ok")
    assert [line.split()[0] for line in found.output.splitlines()] == ["ok"] * len(NAMES)
    for words in ("60 products", "init_data layout", "title 100%", "store_name 16%"):
        assert words in found.detail("listing")
    assert "store_name, shipping_price" in found.detail("product page")
    assert len(asked) == 5
    assert list(folder.iterdir()) == []
    assert found.errors == ""


def test_a_listing_can_be_named(site: LoopbackSite, folder: Path) -> None:
    site.pages[SEARCH] = listing(card("1"), card("2", price=None))
    found = doctor(folder, site.url, "-a", f"url={site.url}{SEARCH}")
    assert found.state("listing") == "ok"
    assert "2 products" in found.detail("listing")
    assert "price 50%" in found.detail("listing")
    assert site.paths == ["/robots.txt", SEARCH]


@pytest.mark.long
def test_a_fallback_is_named(site: LoopbackSite, folder: Path) -> None:
    site.pages[KNOWN] = confirmed(1, 3)
    found = doctor(folder, site.url)
    assert found.state("listing") == "ok"
    assert f"so the listing is {KNOWN}" in found.detail("listing")
    assert "25% of the cards name the category" in found.detail("listing")


@pytest.mark.long
def test_no_more_than_six_pages_are_loaded(site: LoopbackSite, folder: Path) -> None:
    busy = Reply("busy", 500)
    site.pages |= dict.fromkeys((INDEX, KNOWN, SEARCH), busy)
    found = doctor(folder, site.url)
    assert found.exit_code == 3
    assert "six pages" in found.detail("listing")
    assert len(site.asked) == 6


# What can be wrong with this machine


@pytest.mark.long
def test_without_a_usable_browser_the_exit_code_is_3(site: LoopbackSite, folder: Path) -> None:
    site.pages |= BY_NAME
    found = doctor(folder, site.url)
    assert found.exit_code == 3
    assert found.state("browser") == "FAIL"
    assert "/no/such/browser" in found.detail("browser")
    assert found.state("listing") == "ok"
    assert found.lines["product page"] == ("skip", "It needs a browser.")


def test_offline_asks_nothing(site: LoopbackSite, folder: Path) -> None:
    found = doctor(folder, site.url, "--offline")
    assert {found.state(name) for name in NAMES[:4]} == {"ok"}
    assert {found.state(name) for name in NAMES[5:]} == {"skip"}
    assert found.exit_code == 3  # the browser
    assert site.asked == []


def database_of_the_future(path: Path) -> None:
    open_database(f"sqlite:///{path}")
    close_database()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_x', 'now')")
        connection.commit()


def database_that_is_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE schema_migration (id INTEGER PRIMARY KEY, name, applied)")


@pytest.mark.parametrize(
    ("make", "state", "exit_code", "words"),
    [
        pytest.param(database_of_the_future, "FAIL", 7, "newer schema", id="a newer schema"),
        pytest.param(lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000), "FAIL",
                     7, "Could not write to the database", id="damaged", marks=pytest.mark.long),
        pytest.param(Path.mkdir, "FAIL", 7, "Could not write to the database", id="a folder",
                     marks=pytest.mark.long),
        pytest.param(database_that_is_older, "ok", 3, "next crawl updates", id="an older schema",
                     marks=pytest.mark.long),
    ],
)  # fmt: skip
def test_the_database_is_looked_at_and_left_alone(
    folder: Path, make: object, state: str, exit_code: int, words: str
) -> None:
    path = folder / "aliscrape.db"
    assert callable(make)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    found = doctor(folder, "http://127.0.0.1:9", "--offline")
    assert found.state("database") == state
    assert words in found.detail("database")
    assert found.exit_code == exit_code
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [entry.name for entry in folder.iterdir()] == ["aliscrape.db"]


@pytest.mark.long
def test_a_postgres_database_is_looked_at_and_left_alone(folder: Path, postgres: Postgres) -> None:
    url = postgres.new_database(template="template0")
    found = doctor(folder, "http://127.0.0.1:9", "--offline", DATABASE_URL=url)
    assert (found.state("database"), found.exit_code) == ("ok", 3), found  # 3 is the browser
    assert "is empty. The first crawl makes its tables." in found.detail("database")
    assert rows(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    open_database(url)
    close_database()
    found = doctor(folder, "http://127.0.0.1:9", "--offline", DATABASE_URL=url)
    assert found.state("database") == "ok"
    assert "its schema is current" in found.detail("database")
    postgres.drop(url)


def diagnose_database(folder: Path, url: str) -> str:
    """Return what is told of a database that cannot be used."""
    found = doctor(folder, "http://127.0.0.1:9", "--offline", DATABASE_URL=url)
    assert (found.state("database"), found.exit_code) == ("FAIL", 7), found
    assert PASSWORD not in found.output + found.errors
    return found.detail("database").removeprefix("Could not write to the database ")


def test_a_postgres_server_that_is_not_there_is_told(folder: Path) -> None:
    pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
    url = f"postgresql://robin:{PASSWORD}@127.0.0.1:{free_port()}/shoes"
    words = "shoes on 127.0.0.1: the database server cannot be reached."
    assert diagnose_database(folder, url) == words


@pytest.mark.long
def test_a_postgres_server_that_accepts_connections_and_does_not_answer_is_told(
    folder: Path,
) -> None:
    pytest.importorskip("psycopg", reason="needs requirements-postgres.txt")
    with socket.create_server(("127.0.0.1", 0)) as listening:  # the system accepts for it
        port = listening.getsockname()[1]
        url = f"postgresql://robin:{PASSWORD}@127.0.0.1:{port}/shoes"
        words = "shoes on 127.0.0.1: the database server does not answer."
        assert diagnose_database(folder, url) == words


@pytest.mark.long
def test_a_postgres_database_or_user_that_does_not_exist_is_told(
    folder: Path, postgres: Postgres
) -> None:
    url = postgres.url("no_shoes")
    words = "no_shoes on 127.0.0.1: the database server has no such database."
    assert diagnose_database(folder, url) == words
    url = url.replace("aliscrape@", f"robin:{PASSWORD}@").replace("no_shoes", "postgres")
    words = "postgres on 127.0.0.1: the database server refuses the user or the password."
    assert diagnose_database(folder, url) == words


@pytest.mark.long
def test_a_database_whose_folder_is_a_file_is_told(folder: Path) -> None:
    (folder / "data").write_text("in the way")
    url = f"sqlite:///{folder}/data/products.db"
    found = doctor(folder, "http://127.0.0.1:9", "--offline", DATABASE_URL=url)
    assert (found.state("database"), found.exit_code) == ("FAIL", 7)


@pytest.mark.long
def test_a_folder_that_cannot_be_written_to_is_told(folder: Path) -> None:
    (folder / "data").mkdir(mode=0o500)
    closed = Path("/proc") if os.geteuid() == 0 else folder / "data"  # root writes into data too
    url = f"sqlite:///{closed}/products.db"
    found = doctor(folder, "http://127.0.0.1:9", "--offline", DATABASE_URL=url)
    assert (found.state("database"), found.exit_code) == ("FAIL", 7)


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [("a key\n", 0o644, "chmod 600 data/api-key"), ("", 0o600, "rm data/api-key")],
    ids=["others may read it", "empty"],
)
@pytest.mark.long
def test_a_wrong_key_file_is_told_but_costs_no_crawl(
    folder: Path, text: str, mode: int, words: str
) -> None:
    (folder / "data").mkdir()
    (folder / "data/api-key").write_text(text)
    (folder / "data/api-key").chmod(mode)
    program = folder / "browser"
    program.write_text("#!/bin/sh\necho '<html></html>'\n")
    program.chmod(0o755)
    found = doctor(folder, "http://127.0.0.1:9", "--offline", ALISCRAPE_BROWSER=str(program))
    assert (found.state("API key"), found.exit_code) == ("FAIL", 0)
    assert words in found.detail("API key")


# What can be wrong with the network and the site


@pytest.mark.parametrize("site_url", ["http://127.0.0.1:9", "https://shop.invalid"])
@pytest.mark.long
def test_without_a_network_the_site_is_skipped(folder: Path, site_url: str) -> None:
    found = doctor(folder, site_url)
    assert (found.state("network"), found.exit_code) == ("FAIL", 3)
    assert f"curl -I {site_url}" in found.detail("network")
    assert {found.state(name) for name in NAMES[6:]} == {"skip"}


@dataclass(frozen=True)
class Ending:
    """A site, the exit code of a crawl of it, and which check says what about it."""

    pages: dict[str, str | Reply]
    exit_code: int
    name: str
    words: str


ENDINGS = {
    "blocked": Ending({INDEX: block_page()}, 5, "listing", "5 minutes to over an hour"),
    "refused": Ending({CASUAL: Reply("no", 403)}, 5, "listing", "403"),
    "a changed layout": Ending({CASUAL: init_data_of({})}, 6, "listing", "layout"),
    "drawn by a script, without a browser": Ending(
        {CASUAL: script_listing()}, 6, "listing", "a browser may help"
    ),
    "empty": Ending({CASUAL: listing()}, 4, "listing", "no products"),
    "forbidden": Ending(
        {"/robots.txt": "User-agent: *\nDisallow: /\n"}, 9, "robots.txt", "forbids"
    ),
    "rules that cannot be read": Ending(
        {"/robots.txt": Reply("x", 500)}, 9, "robots.txt", "status 500"
    ),
    "a card without an id": Ending(
        {CASUAL: listing(card("1"), card("x"))}, 3, "listing", "could not be read"
    ),
}


SHORT = ("blocked", "a changed layout")
"""The endings that are tested in the short profile too."""


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(ending, id=name, marks=[] if name in SHORT else [pytest.mark.long])
        for name, ending in ENDINGS.items()
    ],
)
def test_it_ends_as_a_crawl_would(site: LoopbackSite, folder: Path, ending: Ending) -> None:
    site.pages |= {**BY_NAME, **ending.pages}
    found = doctor(folder, site.url)
    # A missing browser (3) is more severe than an empty listing (4).
    assert found.exit_code == (3 if ending.exit_code == 4 else ending.exit_code), found
    assert found.state(ending.name) == "FAIL"
    assert ending.words in found.detail(ending.name)
    assert found.state("product page") == "skip"
    asked = len(site.asked)
    crawl = scrapy_crawl(
        "casual_shoes", "-a", "max_pages=1", "-s", "RETRY_PAUSE=0", SITE_URL=site.url,
        DATABASE_URL=f"sqlite:///{folder}/crawled.db", **NO_BROWSER,
    )  # fmt: skip
    assert crawl.exit_code == ending.exit_code
    assert len(site.asked) == 2 * asked


@needs_browser
@pytest.mark.long
def test_a_listing_that_a_script_draws_is_read_in_the_browser(
    site: LoopbackSite, folder: Path
) -> None:
    site.pages |= {
        KNOWN: script_listing(),
        "/fn/search-pc/index": Reply(
            search_reply([card("1")], currency="USD"), content_type="application/json"
        ),
        "/item/1.html": modules_page(1, "Page Store", FREE),
    }
    found = doctor(folder, site.url, has_browser=True)
    assert found.exit_code == 0, found
    assert "drawn by a script in the browser" in found.detail("listing")
    assert "store_name, shipping_price" in found.detail("product page")
    assert asked_pages(site) == ["/robots.txt", INDEX, KNOWN, KNOWN, "/item/1.html"]


@needs_browser
@pytest.mark.long
def test_a_product_page_that_is_blocked_is_partial_as_in_a_crawl(
    site: LoopbackSite, folder: Path
) -> None:
    site.pages |= {**BY_NAME, "/item/7.html": block_page()}
    found = doctor(folder, site.url, has_browser=True)
    assert (found.state("product page"), found.exit_code) == ("FAIL", 3)
    assert "blocked the page of product 7" in found.detail("product page")


@pytest.mark.parametrize(
    "options", [("-a", "limit=5"), ("-a", "url=http://elsewhere.example/"), ("-a", "x"), ("more",)]
)
def test_wrong_arguments_are_usage(folder: Path, options: tuple[str, ...]) -> None:
    assert doctor(folder, "http://127.0.0.1:9", *options).exit_code == 2


def test_a_wrong_setting_is_named(folder: Path) -> None:
    found = doctor(folder, "shoes")
    assert found.exit_code == 1
    assert "SITE_URL" in found.errors


# The report

API_KEY, PASSWORD, NOTIFY = "key-4f9a77c1", "hunter2-pw", "mailpass-81"
VISITOR = {
    "csrfToken": "tok-11aa22bb", "sessionId": "ses-33cc44dd", "clientIp": "203.0.113.77",
    "cna": "cna-55ee66ff", "memberId": 900412377, "umidToken": "umi-77aa88bb",
    "email": "visitor@mail.example", "cookieId": "cki-99cc00dd", "ipv6": "2001:db8::beef:7",
}  # fmt: skip
COOKIE = "jar-ab12cd34"


def secret_page() -> str:
    page_fields = {**fields([card("7"), card("8")]), **VISITOR}
    html = init_data_of(page_fields)
    return html.replace("</body>", f"<p>Visitor {COOKIE}, 203.0.113.77</p></body>")


def texts(path: Path) -> dict[str, str]:
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_report_has_output_versions_settings_and_pages_but_no_secret(
    site: LoopbackSite, folder: Path
) -> None:
    site.pages |= {
        **BY_NAME,
        CASUAL: Reply(secret_page(), headers={"Set-Cookie": f"xman_us_f={COOKIE}; Path=/"}),
        MENS: Reply(status=302, location=f"{MENS}?acs_random_token={COOKIE}x"),
        f"{MENS}?acs_random_token={COOKIE}x": BY_NAME[MENS],
    }
    report = folder / "report.zip"
    (folder / "data").mkdir()
    (folder / "data/api-key").write_text("key-in-file-77\n")
    variables = {
        "ALISCRAPE_API_KEY": f"{API_KEY},another-key-1",
        "DATABASE_URL": f"postgresql://robin:{PASSWORD}@db.example/shoes",
        "ALISCRAPE_NOTIFY": f"mailto://robin:{NOTIFY}@mail.example",
        "ALISCRAPE_CONTACT": "robin@contact.example",
        "HOME": str(folder),
    }
    found = doctor(folder, site.url, "--report", str(report), has_browser=False, **variables)
    assert str(report) in found.output
    files = texts(report)
    everything = json.dumps(files, ensure_ascii=False)
    secrets = [API_KEY, "another-key-1", "key-in-file-77", PASSWORD, NOTIFY, "robin", COOKIE,
               "robin@contact.example", str(folder), *map(str, VISITOR.values())]  # fmt: skip
    assert [secret for secret in secrets if secret in everything] == []
    assert files["doctor.txt"].startswith("ok   Python")
    assert "scrapy 2." in files["versions.txt"]
    assert "DATABASE_URL=postgresql://cut@db.example/shoes" in files["settings.txt"]
    assert f"SITE_URL={site.url}" in files["settings.txt"]
    page = files["pages/04-mens-casual-shoes.html"]
    assert "Casual shoe 7" in page
    assert "US $12.34" in page
    assert "/all-wholesale-products.html" in files["pages/addresses.txt"]


@pytest.mark.long
def test_the_report_keeps_the_path_of_the_block_page(site: LoopbackSite, folder: Path) -> None:
    site.pages[INDEX] = block_page()
    doctor(folder, site.url, "--report", "report.zip")
    [page] = [text for name, text in texts(folder / "report.zip").items() if "02-" in name]
    assert PUNISH in page


@pytest.mark.long
def test_a_report_that_cannot_be_written_is_told(folder: Path) -> None:
    found = doctor(folder, "http://127.0.0.1:9", "--offline", "--report", "no/such/folder/r.zip")
    assert "Could not write no/such/folder/r.zip" in found.errors
