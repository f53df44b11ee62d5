"""The keys for writing: from the environment, or made once and kept."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crawls import ROOT, environment
from webapi import create_app
from webapi.errors import InvalidSetting, KeyRequired
from webapi.keys import Keys, kept_key, listed_keys

pytestmark = pytest.mark.sqlite  # keys, whatever the database is


def test_any_of_the_listed_keys_opens() -> None:
    keys = Keys(listed_keys(" one , two,, "))
    keys.require("one")
    keys.require("two")
    for wrong in (None, "", "three", "one,two", " "):
        with pytest.raises(KeyRequired):
            keys.require(wrong)


def test_no_keys_open_nothing() -> None:
    with pytest.raises(KeyRequired):
        Keys([]).require("")


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data/api-key"
    key = kept_key(path)
    assert len(key) >= 32
    assert kept_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o777])
def test_a_key_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "api-key"
    key = kept_key(path)
    path.chmod(mode)
    with pytest.raises(InvalidSetting, match=f"chmod 600 {path}"):
        kept_key(path)
    path.chmod(0o400)
    assert kept_key(path) == key


BAD_FILES = [
    pytest.param("", 0o600, "has no API key. Delete it to get a new key.", id="empty"),
    pytest.param(" \n", 0o600, "has no API key. Delete it to get a new key.", id="blank"),
    pytest.param("key", 0o644, "(mode 0644). Delete the file to get a new key, or run: chmod 600",
                 id="others can read it"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "mode", "words"), BAD_FILES)
def test_a_service_whose_key_file_is_of_no_use_says_why_in_one_line(
    tmp_path: Path, content: str, mode: int, words: str
) -> None:
    path = tmp_path / "data/api-key"
    path.parent.mkdir()
    path.write_text(content)
    path.chmod(mode)
    done = subprocess.run(
        [sys.executable, "-c", "import webapi; webapi.create_service()"],
        cwd=tmp_path, env=environment(PYTHONPATH=str(ROOT), ALISCRAPE_API_KEY=""),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    (line,) = done.stderr.splitlines()
    assert (done.returncode, line.startswith("The service cannot start. ")) == (1, True)
    assert words in line
    assert "data/api-key" in line


def test_services_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "api-key"
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(kept_key, [path] * 32))) == 1


def test_the_service_says_where_the_key_is_and_never_which(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALISCRAPE_API_KEY")
    client = create_app({"DATABASE_URL": database_url}).test_client()
    key = (tmp_path / "data/api-key").read_text().strip()
    assert str(tmp_path / "data/api-key") in caplog.text
    assert key not in caplog.text
    response = client.post("/api/v1/products", json={"title": "Shoe"}, headers={"X-API-Key": key})
    assert response.status_code == 201
