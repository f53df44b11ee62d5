"""The demo runs, and the terminal examples of README and docs/ go as they are printed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browsers import needs_browser
from tests.crawls import ROOT, environment
from tests.loopback import free_port

pytestmark = [
    needs_browser,  # for what product pages tell; without it the demo goes on without
    pytest.mark.sqlite,  # the demo has a file of its own
]
PAGES = ("docs/demo.md", "docs/filtering.md", "README.md", "docs/editing.md")
"""The pages with terminal examples, in an order in which each works after those before it."""
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "data", ".*_cache", "__pycache__", ".hypothesis")


class Demo:
    """`make demo`'s program in a copy of the project, which its data stays in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.mockshop.demo", "--port", str(self.port)],
            cwd=folder,
            env=environment(PYTHONUNBUFFERED="1"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = self._read_until("Writing needs the key")
        self._wait_until_it_serves()

    def _read_until(self, words: str) -> str:
        """Return what it prints up to its last words before it serves."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        pytest.fail(f"The demo has ended:\n{said}")

    def _wait_until_it_serves(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("The demo does not serve.")

    def run(self, command: str) -> str:
        """Return the output of a command of the documentation, run in the demo's folder."""
        line = command.replace("127.0.0.1:5000", f"127.0.0.1:{self.port}")
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, capture_output=True, text=True, timeout=60,
            check=True,
        )  # fmt: skip
        return done.stdout

    def stop(self) -> tuple[int, str]:
        """Press Ctrl-C: the terminal sends it to every process of the demo."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        said, _ = self.process.communicate(timeout=60)
        return self.process.returncode, said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("clone") / "aliscrape"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    running = Demo(folder)
    yield running
    running.stop()


def alike(text: str) -> str:
    """Return the text without what differs between demos: times and the shop's port."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "<instant>", text)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:<port>", text).strip()


def blocks() -> list[str]:
    return [
        block
        for text in TEXTS.values()
        for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    ]


def test_no_other_page_has_terminal_examples() -> None:
    pages = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    names = {
        page.relative_to(ROOT).as_posix() for page in pages if "```console" in page.read_text()
    }
    assert names <= set(PAGES)


def sessions() -> list[tuple[str, str]]:
    """Return the commands of the documentation that call the API, with their printed output."""
    found: list[tuple[str, str]] = []
    for block in blocks():
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            if command.startswith("curl"):
                found.append((command, output))
    return found


@pytest.mark.long
def test_the_demo_prints_what_the_documentation_shows(demo: Demo) -> None:
    (printed,) = [block for block in blocks() if block.startswith("The mock shop is open")]
    said = demo.said[demo.said.index("The mock shop is open") :]  # behind the browser's lines
    assert alike(said).startswith(alike(printed))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.long
def test_the_terminal_examples_go_as_printed(demo: Demo) -> None:
    assert len(sessions()) >= 6
    for command, output in sessions():
        assert alike(demo.run(command)) == alike(output), command


@pytest.mark.long
def test_the_pictures_load_and_the_histories_have_several_entries(demo: Demo) -> None:
    script = (
        "import json, urllib.request as web\n"
        f"here = 'http://127.0.0.1:{demo.port}/api/v1/products'\n"
        "changes = []\n"
        "for product in json.load(web.urlopen(here))['items'][:25]:\n"
        "    if product['aliexpress_id']:\n"
        "        assert web.urlopen(product['image_url']).read().startswith(b'<svg')\n"
        "        history = json.load(web.urlopen(f\"{here}/{product['id']}/history\"))['items']\n"
        "        changes.append(len(history))\n"
        "assert sum(count > 2 for count in changes) >= 20, changes\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.long
def test_a_second_demo_leaves_the_database_of_the_first_alone(demo: Demo) -> None:
    database = demo.folder / "data/demo.db"
    before = database.stat().st_ino
    done = subprocess.run(
        [sys.executable, "-m", "tests.mockshop.demo", "--port", str(free_port())],
        cwd=demo.folder, env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "data/demo.db is in use" in done.stderr
    assert database.stat().st_ino == before


@pytest.mark.long
def test_ctrl_c_stops_the_demo_and_all_that_it_started_within_two_seconds(demo: Demo) -> None:
    """A browser keeps the connections open on which it has loaded pages and pictures."""
    with ExitStack() as browser:
        for number in range(1, 7):
            page = load(browser, f"http://127.0.0.1:{demo.port}/products/{number}")
            picture = re.search(r'src="(http[^"]+)"', page)
            assert picture
            assert "<svg" in load(browser, picture[1])
        begun = time.monotonic()
        code, said = demo.stop()
        assert time.monotonic() - begun < 2
    assert (code, said.rstrip().rpartition("\n")[2]) == (0, "The demo has stopped.")
    assert "Perhaps out of memory" not in said
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", demo.port))


def load(browser: ExitStack, url: str) -> str:
    """Return the text at an address, and keep the connection open."""
    address = urlsplit(url)
    connection = HTTPConnection(address.netloc, timeout=30)
    browser.callback(connection.close)
    connection.request("GET", address.path)
    return connection.getresponse().read().decode()


def test_a_port_that_is_taken_is_named_before_anything_is_crawled() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tests.mockshop.demo", "--port", str(port)],
            cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in done.stderr
